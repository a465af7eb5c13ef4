using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Copying;

/// <summary>What a seed holds, or why there can be none yet.</summary>
/// <param name="Snapshots">What goes on the disk, the oldest first.</param>
/// <param name="FirstWithAllVolumes">The first backup at which all shared volumes were present; no base may be older.</param>
/// <param name="Bases">The complete backups that every later change builds on.</param>
/// <param name="Gaps">What is missing; empty when the seed is complete.</param>
public sealed record SeedPlan(IReadOnlyList<Snapshot> Snapshots, Snapshot? FirstWithAllVolumes, IReadOnlyList<Snapshot> Bases, IReadOnlyList<SeedGap> Gaps)
{
    /// <summary>Refuses an incomplete seed.</summary>
    /// <exception cref="HoldfastException"><c>seed.incomplete</c>, with everything that is missing.</exception>
    public void RefuseIncomplete()
    {
        if (Gaps.Count == 0) return;

        throw new HoldfastException(ErrorKind.Conflict, "seed.incomplete", "The seed would be incomplete: " + string.Join("; ", Gaps.Select(gap => gap.ToString())) + ".",
            "Make a full backup of what is named, then seed again.");
    }
}
