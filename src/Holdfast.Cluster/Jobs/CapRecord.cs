using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Jobs;

/// <summary>
/// Who began within a concurrency cap: key <c>caps/{group}</c>. Every begin of a job of the group changes it, so that two cannot both take the last place. Nobody leaves it: who is
/// over is told from their ledger when the next one wants to begin.
/// </summary>
/// <param name="Places">Who began.</param>
public sealed record CapRecord(ImmutableArray<CapPlace> Places)
{
    /// <summary>Gets that nobody began.</summary>
    public static CapRecord Empty { get; } = new([]);

    /// <inheritdoc/>
    public bool Equals(CapRecord? other) => other is not null && Places.SequenceEqual(other.Places);

    /// <inheritdoc/>
    public override int GetHashCode() => Places.Length;
}

/// <summary>One place of a cap.</summary>
/// <param name="Job">The job.</param>
/// <param name="Run">Its run.</param>
/// <param name="Nonce">The attempt.</param>
public sealed record CapPlace(RoleName Job, string Run, string Nonce);
