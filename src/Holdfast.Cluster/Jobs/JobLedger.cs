using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Jobs;

/// <summary>
/// What became of each run of a job, and what people want of it: key <c>ledger/{job}</c>. One record, so that every change of it is one compare-and-swap and two
/// nodes cannot both record a run. The rules are in <see cref="LedgerRules"/>.
/// </summary>
public sealed record JobLedger
{
    /// <summary>How many rows are kept. Whoever reads the store afresh reads them too; longer history is the repository database's.</summary>
    public const int RowsKept = 50;

    /// <summary>How many requests may wait.</summary>
    public const int RequestsKept = 10;

    /// <summary>Gets the job.</summary>
    public required RoleName Job { get; init; }

    /// <summary>Gets up to when everything that was due is settled: no time is due twice, also when a wall clock goes back.</summary>
    public required DateTimeOffset Handled { get; init; }

    /// <summary>Gets that it is paused; null when it is not.</summary>
    public JobHold? Hold { get; init; }

    /// <summary>Gets the ids of runs that were asked for and have not begun.</summary>
    public ImmutableArray<string> Requests { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the run that shall be ended; null when none.</summary>
    public string? Cancelled { get; init; }

    /// <summary>Gets the rows, newest first, at most <see cref="RowsKept"/>.</summary>
    public ImmutableArray<JobRun> Runs { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the run that is not over; null when there is none. There is never more than one.</summary>
    public JobRun? Open => Runs.FirstOrDefault(run => run.IsOpen);

    /// <summary>Gets when the last run that ended by itself did.</summary>
    public DateTimeOffset? LastEnded => Runs.Where(run => run is { IsOpen: false, Started: not null }).Max(run => run.Ended);

    /// <summary>The snapshots that no run of the job goes by any more, though one who was granted them may have written them.</summary>
    public IEnumerable<string> FindLate() => Runs.SelectMany(run => run.Superseded).Except(Runs.SelectMany(run => new[] { run.Claimed, run.Snapshot }).OfType<string>());

    /// <summary>The ledger of a job that nothing is known of: it is due from now on.</summary>
    public static JobLedger New(RoleName job, DateTimeOffset now) => new() { Job = job, Handled = now };

    /// <summary>Finds a run.</summary>
    public JobRun? Find(string id) => Runs.FirstOrDefault(run => run.Id == id);

    /// <inheritdoc/>
    public bool Equals(JobLedger? other) =>
        other is not null && Job == other.Job && Handled == other.Handled && Hold == other.Hold && Cancelled == other.Cancelled
        && Requests.SequenceEqual(other.Requests) && Runs.SequenceEqual(other.Runs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Job, Handled, Runs.Length);
}
