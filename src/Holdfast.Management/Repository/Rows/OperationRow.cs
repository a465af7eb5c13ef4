using System.Collections.Immutable;

namespace Holdfast.Management.Repository.Rows;

/// <summary>One run of a job, as the ledger had it last.</summary>
public sealed record OperationRow
{
    /// <summary>Gets its id: <c>JOB:RUN</c>.</summary>
    public string Id => $"{Job}:{Run}";

    /// <summary>Gets the job.</summary>
    public required string Job { get; init; }

    /// <summary>Gets the run's id in the ledger.</summary>
    public required string Run { get; init; }

    /// <summary>Gets what the job does: command, backup, prune, check, proof.</summary>
    public required string Kind { get; init; }

    /// <summary>Gets when it was due.</summary>
    public required DateTimeOffset Due { get; init; }

    /// <summary>Gets when its first attempt began; null when none did.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Gets when it was over; null while it is not. What is over does not change any more.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Gets its state: waiting, running, paused, resuming, completed, failed, missed, skipped.</summary>
    public required string State { get; init; }

    /// <summary>Gets why, one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets where it was at work last.</summary>
    public string? Node { get; init; }

    /// <summary>Gets how many workers it took.</summary>
    public int Attempts { get; init; }

    /// <summary>Gets how often it went on from a checkpoint.</summary>
    public int Resumed { get; init; }

    /// <summary>Gets how often it was tried again after a failure.</summary>
    public int Retried { get; init; }

    /// <summary>Gets the snapshot that it made.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Gets the vault that it worked with.</summary>
    public string? Vault { get; init; }

    /// <summary>Gets what was counted, by name.</summary>
    public ImmutableSortedDictionary<string, long> Figures { get; init; } = ImmutableSortedDictionary<string, long>.Empty;

    /// <summary>Gets the policy that the job was made from; null when it was written by hand.</summary>
    public string? Policy { get; init; }

    /// <summary>Gets the protected thing; null when nobody said which.</summary>
    public string? Thing { get; init; }
}
