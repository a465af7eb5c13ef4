using System.Collections.Immutable;

namespace Holdfast.Cluster.Jobs;

/// <summary>One due run: one row of the ledger, whatever became of it.</summary>
public sealed record JobRun
{
    /// <summary>How many superseded claims are kept; an attempt that is that far behind is dead.</summary>
    public const int SupersededKept = 8;

    /// <summary>Gets its id: the time at which it was due (<c>20261121T020000Z</c>), so that no two nodes can make two rows of it; or what whoever asked for it was given.</summary>
    public required string Id { get; init; }

    /// <summary>Gets when it was due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>Gets its state.</summary>
    public required JobState State { get; init; }

    /// <summary>Gets why, one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the attempt that counts; null before the first.</summary>
    public RunAttempt? Attempt { get; init; }

    /// <summary>Gets when the first attempt began.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Gets when it was over.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Gets how often it went on from where another attempt was.</summary>
    public int Resumed { get; init; }

    /// <summary>Gets how often it was tried again after a failure.</summary>
    public int Retried { get; init; }

    /// <summary>Gets before when it is not tried again.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Gets the one snapshot that may be written for it now, or that was: claimed before it was written.</summary>
    public string? Claimed { get; init; }

    /// <summary>Gets the snapshots that were claimed before <see cref="Claimed"/>, the latest <see cref="SupersededKept"/>: who was granted one may have written it yet, too late to count.</summary>
    public ImmutableArray<string> Superseded { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the snapshot that it made.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Gets what the worker counted, by name; at most 32.</summary>
    public ImmutableSortedDictionary<string, long> Figures { get; init => field = value ?? ImmutableSortedDictionary<string, long>.Empty; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Gets whether it is not over.</summary>
    public bool IsOpen => State is JobState.Waiting or JobState.Running or JobState.Paused or JobState.Resuming;

    /// <summary>The id of a run by the time at which it is due.</summary>
    public static string IdOf(DateTimeOffset due) => due.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
