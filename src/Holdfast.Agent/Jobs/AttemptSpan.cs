using System.Diagnostics;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster.Naming;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>The span of one attempt at a run: below that of who asked for the run, else below that of the first attempt, wherever that was.</summary>
internal static class AttemptSpan
{
    /// <summary>Begins it; null where nobody looks on.</summary>
    public static async Task<Activity?> BeginAsync(JobRegistry jobs, RoleName job, string run, NodeName node, CancellationToken cancellationToken)
    {
        if (!Traces.IsOn) return null;
        try
        {
            var parent = await jobs.FindTraceAsync(job, run, cancellationToken);
            var span = Traces.Begin("job run", ActivityKind.Consumer, parent);
            span?.SetTag("holdfast.job", job.Value).SetTag("holdfast.run", run).SetTag("holdfast.node", node.Value);
            if (parent is null && span is { Recorded: true, Id: { } own }) await jobs.KeepTraceAsync(job, new RunTrace(run, own), cancellationToken);
            return span;
        }
        catch (StoreUnavailableException)
        {
            return null; // The begin of the run meets the same, and says so.
        }
    }

    /// <summary>Ends it with what came of the attempt.</summary>
    public static void End(this Activity span, WorkerEnd end)
    {
        span.SetTag("holdfast.outcome", end.Result is { } result ? result.Completed ? "completed" : "failed" : end.Stopped?.ToString().ToLowerInvariant() ?? "lost");
        if (end.Result is { Completed: false } failed) span.Fail(failed.Reason);
        else if (end is { Result: null, Stopped: null }) span.Fail(end.Reason);
        span.Dispose();
    }
}
