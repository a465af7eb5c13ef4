using System.Collections.Immutable;

namespace Holdfast.Cluster.Jobs;

/// <summary>What the owner of a job does next.</summary>
public abstract record JobDecision
{
    private JobDecision()
    {
    }

    /// <summary>Nothing, until then, or until something changes.</summary>
    /// <param name="Until">When to look again; null when no time brings anything.</param>
    /// <param name="State">What the job is doing meanwhile.</param>
    /// <param name="Reason">Why, one sentence.</param>
    public sealed record Wait(DateTimeOffset? Until, JobState State, string Reason) : JobDecision;

    /// <summary>Have a worker begin a run, or go on with it.</summary>
    public sealed record Start(string Run, DateTimeOffset Due, string Reason) : JobDecision;

    /// <summary>Record that a run is due and waits for its turn, and decide again.</summary>
    public sealed record Await(string Run, DateTimeOffset Due, string Reason) : JobDecision;

    /// <summary>Have the worker stop, and record the run as this.</summary>
    public sealed record Stop(string Run, JobState As, string Reason) : JobDecision;

    /// <summary>Record runs that nobody works at, and decide again.</summary>
    public sealed record Pass(ImmutableArray<JobRun> Rows, DateTimeOffset Handled) : JobDecision;

    /// <summary>Record that a run was cancelled, and decide again.</summary>
    public sealed record EndCancelled(string Run) : JobDecision;
}
