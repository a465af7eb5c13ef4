using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Alerts.Sources;
using Holdfast.Management.Compliance;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.Machines;
using Holdfast.Management.Policies;
using Holdfast.Management.Repository;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Alerts;

/// <summary>Looks at the cluster, the jobs, the report and the service itself every few seconds, and tells the alert service what it sees.</summary>
internal sealed partial class AlertWatch(AgentLink agent, AlertService alerts, ClusterFollower follower, ComplianceWatch compliance, PolicyDesk policies, MachineWatch machines, CertificateWatch certificates, RepositoryDatabase repository, TimeProvider time, ILogger<AlertWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongInterval = TimeSpan.FromSeconds(30);
    private DateTimeOffset _looked = DateTimeOffset.MinValue;

    // Roles that only one node may own: they lose nothing when nobody else could take them.
    private HashSet<string> _bound = [];

    /// <summary>Whether only one node may own a role, as far as that was seen.</summary>
    public bool IsBound(string role) => _bound.Contains(role);

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
        // What takes a question for each role or machine is asked more seldom.
        var now = time.GetUtcNow();
        if (now - _looked >= LongInterval)
        {
            var roles = await policies.RolesAsync(cancellationToken);
            _bound = cluster.Nodes.Count == 1 ? [.. cluster.Roles.Select(role => role.Name)] : [.. roles.Where(role => role.PossibleOwners is [_]).Select(role => role.Name.Value)];
            await TellAsync(JobSignals.Source, JobSignals.Of(await JobsAsync(roles, cancellationToken)), cancellationToken);
            await TellOfNodesAsync([.. cluster.Nodes.Select(node => node.Name).Order(StringComparer.Ordinal)], now, cancellationToken);
            _looked = now;
        }

        var failures = await agent.GetAsync("v1/failures", ApiJson.Default.IReadOnlyListFailureOutlook, cancellationToken);
        await TellAsync(ClusterSignals.Source, ClusterSignals.Of(cluster, failures, IsBound), cancellationToken);
        var all = policies.All;
        if (compliance.HasReported)
            await TellAsync(ComplianceSignals.Source, ComplianceSignals.Of(compliance.Things, compliance.Unjudged, alerts.State.Alerts.Values, name => all.FirstOrDefault(policy => policy.Name == name)?.AlertChannels ?? [], now), cancellationToken);
        await TellAsync(ServiceSignals.Source, ServiceSignals.OfDatabase(repository.State.IsUp ? null : repository.State.Reason), cancellationToken);
    }

    private async Task TellOfNodesAsync(List<string> nodes, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var first = nodes.FirstOrDefault(node => certificates.Find(node) is not null);
        foreach (var node in nodes)
        {
            if (machines.Find(node) is { Trouble: null, IsRecalled: false } sight) await TellAsync(MachineSignals.Prefix + node, MachineSignals.Of(node, DisksOf(sight)), cancellationToken);
            if (certificates.Find(node) is { } known) await TellAsync(CertificateSignals.Prefix + node, CertificateSignals.Of(node, known, withAuthority: node == first, now), cancellationToken);
        }

        // A node that was taken out says nothing any more, and nothing about it is of interest.
        foreach (var source in alerts.State.Alerts.Values.Where(alert => alert.Holds).Select(alert => alert.Source).OfType<string>().Distinct().ToList())
        {
            if (((string[])[MachineSignals.Prefix, CertificateSignals.Prefix]).FirstOrDefault(source.StartsWith) is { } prefix && !nodes.Contains(source[prefix.Length..])) await TellAsync(source, [], cancellationToken);
        }
    }

    private Task TellAsync(string source, System.Collections.Immutable.ImmutableArray<AlertSignal> signals, CancellationToken cancellationToken) =>
        alerts.TellAsync(new AlertInput.Observed(source, signals), cancellationToken);

    private static IEnumerable<DiskFacts> DisksOf(MachineSight sight) =>
        from volume in Volumes(sight)
        where volume.TryGetProperty("freeBytes", out var free) && free.ValueKind == JsonValueKind.Number && volume.GetProperty("mounts").GetArrayLength() > 0
        select new DiskFacts(volume.GetProperty("mounts")[0].GetProperty("path").GetString()!, volume.GetProperty("freeBytes").GetInt64(), volume.GetProperty("totalBytes").GetInt64());

    private static IEnumerable<JsonElement> Volumes(MachineSight sight) => sight.Local is { ValueKind: JsonValueKind.Array } local ? local.EnumerateArray() : [];

    private async Task<IReadOnlyList<JobFacts>> JobsAsync(IReadOnlyList<RoleSpec> roles, CancellationToken cancellationToken)
    {
        List<JobFacts> facts = [];
        var specs = roles.ToDictionary(spec => spec.Name.Value, StringComparer.Ordinal);
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
