using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Alerts.Sources;
using Holdfast.Management.Compliance;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.Policies;
using Holdfast.Management.Repository;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Alerts;

/// <summary>Looks at the cluster, the jobs, the report and the service itself every few seconds, and tells the alert service what it sees.</summary>
internal sealed partial class AlertWatch(AgentLink agent, AlertService alerts, ClusterFollower follower, ComplianceWatch compliance, PolicyDesk policies, RepositoryDatabase repository, TimeProvider time, ILogger<AlertWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (HoldfastException notNow) when (notNow.Kind != ErrorKind.Conflict)
            {
                Log.NotLooked(logger, notNow.Message);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (follower.Status is not { } cluster) return;
        var failures = await agent.GetAsync("v1/failures", ApiJson.Default.IReadOnlyListFailureOutlook, cancellationToken);
        var clients = cluster.Nodes.Where(node => node.Kind is not (NodeKind.Member or NodeKind.Witness)).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var bound = await BoundAsync(cluster, cancellationToken);
        await TellAsync(ClusterSignals.Source, ClusterSignals.Of(cluster, failures, role => bound.Contains(role)), cancellationToken);
        await TellAsync(JobSignals.Source, JobSignals.Of(await JobsAsync(cancellationToken)), cancellationToken);
        var all = policies.All;
        await TellAsync(ComplianceSignals.Source, ComplianceSignals.Of(compliance.Things, alerts.State.Alerts.Values, name => all.FirstOrDefault(policy => policy.Name == name)?.AlertChannels ?? [], time.GetUtcNow()), cancellationToken);
        await TellAsync(ServiceSignals.Source, ServiceSignals.OfDatabase(repository.State.IsUp ? null : repository.State.Reason), cancellationToken);
    }

    private Task TellAsync(string source, System.Collections.Immutable.ImmutableArray<AlertSignal> signals, CancellationToken cancellationToken) =>
        alerts.TellAsync(new AlertInput.Observed(source, signals), cancellationToken);

    // A role that only one node may own loses nothing when nobody else could take it.
    private async Task<HashSet<string>> BoundAsync(ClusterStatus cluster, CancellationToken cancellationToken)
    {
        HashSet<string> bound = new(StringComparer.Ordinal);
        foreach (var job in await policies.JobsAsync(cancellationToken))
        {
            if (job.PossibleOwners is [_]) bound.Add(job.Name.Value);
        }

        if (cluster.Nodes.Count == 1) bound.UnionWith(cluster.Roles.Select(role => role.Name));
        return bound;
    }

    private async Task<IReadOnlyList<JobFacts>> JobsAsync(CancellationToken cancellationToken)
    {
        List<JobFacts> facts = [];
        var specs = (await policies.JobsAsync(cancellationToken)).ToDictionary(spec => spec.Name.Value, StringComparer.Ordinal);
        foreach (var job in await agent.GetAsync("v1/jobs", ApiJson.Default.IReadOnlyListJobInfo, cancellationToken))
        {
            if (job.Last is null) continue;
            var spec = specs.GetValueOrDefault(job.Name);
            var policy = spec is null ? null : PolicyPlan.PolicyOf(spec);
            facts.Add(new JobFacts(job.Name, policy, spec is null ? null : PolicyPlan.ThingOf(spec), policies.All.FirstOrDefault(known => known.Name == policy)?.AlertChannels ?? [], (await agent.GetAsync($"v1/jobs/{job.Name}", ApiJson.Default.JobDetail, cancellationToken)).Runs));
        }

        return facts;
    }

    private static partial class Log // Event ids 6300-6319: what alerts are told from.
    {
        [LoggerMessage(6300, LogLevel.Warning, "What alerts are told from could not be seen now: {Reason}")]
        public static partial void NotLooked(ILogger logger, string reason);
    }
}
