using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>Which nodes decide about jobs. What is stopped is a record of the store, so that it stays so through restarts and every planner heeds it.</summary>
internal sealed class SchedulerOperations(NodeRuntime runtime, JobOperations jobs, EventJournal journal, TimeProvider time)
{
    /// <summary>Every node that may have jobs, with those that it has; and last, when there are such, those that no node has.</summary>
    public IReadOnlyList<SchedulerInfo> List()
    {
        var (view, seen) = runtime.Operations.Situation();
        var all = jobs.List().ToLookup(job => job.Owner);
        var nodes = view.Nodes.Values.Select(node => node.Value).Where(node => node is { Kind: not NodeKind.Witness, Intent: not NodeIntent.Evicted })
            .Select(node => Describe(node.Name, view, Planner.WhyUnavailable(view, seen, node.Name), [.. all[node.Name.Value]]));
        return [.. nodes, .. all.Contains(null) ? new[] { new SchedulerInfo(null, "waiting for a node", null, null, [.. all[null]]) } : []];
    }

    /// <summary>Lets a node take schedules again.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public async Task<string> StartAsync(NodeName node, CancellationToken cancellationToken)
    {
        Require(node);
        await CommitAsync(new StoreWrite(RegistryKeys.Scheduler(node), null), cancellationToken);
        journal.Add("scheduler.started", $"The scheduler of {node} takes jobs again.");
        return $"The scheduler of {node} takes jobs again.";
    }

    /// <summary>Has a node take no schedules: its jobs go to others, and go on there; those that cannot go wait.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public async Task<string> StopAsync(NodeName node, string? reason, CancellationToken cancellationToken)
    {
        Require(node);
        var stop = new SchedulerStop(node, time.GetUtcNow(), string.IsNullOrWhiteSpace(reason) ? null : reason.Trim());
        await CommitAsync(new StoreWrite(RegistryKeys.Scheduler(node), RegistryJson.Encode(stop, RegistryJson.Default.SchedulerStop)), cancellationToken);
        journal.Add("scheduler.stopped", $"The scheduler of {node} is stopped{(stop.Reason is null ? "" : $": {stop.Reason}")}.");
        return $"The scheduler of {node} is stopped: its jobs go to other nodes. It stays so until 'holdfast scheduler start {node}'.";
    }

    private static SchedulerInfo Describe(NodeName node, ClusterView view, string? unavailable, IReadOnlyList<JobInfo> jobs) =>
        view.StoppedSchedulers.TryGetValue(node, out var stop) ? new(node.Value, "stopped", stop.Value.At, stop.Value.Reason, jobs) : new(node.Value, unavailable ?? "running", null, null, jobs);

    private void Require(NodeName node)
    {
        if (!runtime.Operations.Situation().View.Nodes.TryGetValue(node, out var record) || record.Value.Intent == NodeIntent.Evicted)
            throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"There is no node {node}.", "See 'holdfast node list'.");
    }

    // Whatever it was: the last word counts, and the same word twice does no harm.
    private async Task CommitAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        if (await runtime.Registry.Store.CommitAsync(new([], [write]), cancellationToken) is CommitOutcome.Unknown unknown) throw new StoreUnavailableException($"Whether it was recorded is unknown: {unknown.Reason}");
        await runtime.Feed.RefreshAsync(cancellationToken);
    }
}
