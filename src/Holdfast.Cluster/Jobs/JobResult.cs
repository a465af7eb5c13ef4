using System.Collections.Immutable;

namespace Holdfast.Cluster.Jobs;

/// <summary>How an attempt ended, in its worker's words.</summary>
public sealed record JobResult
{
    /// <summary>Gets whether it did what it should.</summary>
    public required bool Completed { get; init; }

    /// <summary>Gets the sentence that says so, or why not.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets what kind of error it was; null when there was none.</summary>
    public ErrorClass? Error { get; init; }

    /// <summary>Gets the snapshot that it made; it must have been claimed.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Gets the snapshot that it put to the proof, for history; the ledger does not keep it.</summary>
    public string? Proved { get; init; }

    /// <summary>Gets what it counted.</summary>
    public ImmutableSortedDictionary<string, long> Figures { get; init => field = value ?? ImmutableSortedDictionary<string, long>.Empty; } = ImmutableSortedDictionary<string, long>.Empty;
}
