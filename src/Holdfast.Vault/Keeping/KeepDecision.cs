using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Keeping;

/// <summary>What becomes of a snapshot.</summary>
/// <param name="Snapshot">Which.</param>
/// <param name="Reasons">Why it is kept, in restic's words; none when it goes.</param>
public sealed record KeepDecision(Snapshot Snapshot, IReadOnlyList<string> Reasons)
{
    /// <summary>Gets whether it stays.</summary>
    public bool Keep => Reasons.Count > 0;
}
