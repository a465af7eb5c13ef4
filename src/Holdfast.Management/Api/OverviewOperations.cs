using System.Globalization;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Jobs;
using Holdfast.Management.Alerts;
using Holdfast.Management.Approvals;
using Holdfast.Management.Compliance;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Microsoft.AspNetCore.Http;
using static Holdfast.Management.Api.Answering;

namespace Holdfast.Management.Api;

/// <summary>The first look, and the stream that keeps it true.</summary>
internal sealed class OverviewOperations(AgentLink agent, ClusterFollower follower, ServiceStanding standing, EventStream stream, AlertService alerts, AlertWatch watch, ComplianceWatch compliance, ApprovalDesk approvals, TimeProvider time)
{
    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/overview", AccessLevel.Viewer, "What an administrator wants to know first.", ManagementJson.Default.Overview, (http, person) => LookAsync(person, http.RequestAborted)),
        new("GET", "/stream", AccessLevel.Viewer, "What happens, as it happens: server-sent events service, cluster, event, operation, alert, approval; events have ids, and Last-Event-ID goes on after one.", stream.SendAsync) { StreamAnswer = "text/event-stream" },
    ];

    private async Task<Overview> LookAsync(Person person, CancellationToken cancellationToken)
    {
        var cluster = follower.Status ?? await agent.GetAsync("v1/cluster", ApiJson.Default.ClusterStatus, cancellationToken);
        var failures = await agent.GetAsync("v1/failures", ApiJson.Default.IReadOnlyListFailureOutlook, cancellationToken);
        var jobs = await agent.GetAsync("v1/jobs", ApiJson.Default.IReadOnlyListJobInfo, cancellationToken);
        var redundancy = Redundancy.Of(cluster, failures, watch.IsBound);
        var waiting = approvals.Waiting.ToList();
        var forMe = person.Level == AccessLevel.Admin && person.HasEyes ? waiting.Where(approval => approval.Principal != person.Principal).ToList() : [];
        var dayAgo = time.GetUtcNow() - TimeSpan.FromDays(1);
        return new Overview(
            new ClusterLight(cluster.Name, cluster.Store, redundancy),
            await standing.LookAsync(cancellationToken),
            standing.Database,
            Enum.GetValues<ComplianceState>().ToDictionary(state => state.ToString().ToLowerInvariant(), state => compliance.Things.Count(thing => thing.State == state)),
            new Dictionary<string, int> { ["open"] = Open.Count(), ["critical"] = Open.Count(alert => alert.Severity == AlertSeverity.Critical) },
            new Dictionary<string, int> { ["running"] = jobs.Count(job => job.State is JobState.Running), ["failed24h"] = jobs.Count(job => job.Last is { State: JobState.Failed } last && last.Ended >= dayAgo) },
            [.. Open.OrderByDescending(alert => alert.Severity).Select(alert => new Need(alert.Severity.ToString().ToLowerInvariant(), alert.Signal.Sentence, alert.Signal.Hint, "/alerts")), .. forMe.Select(approval => new Need("warning", $"{approval.AskedBy} asks for a second person: {approval.What}.", "Look at it, then approve or refuse it.", "/approvals")), .. NeedsOf(cluster)],
            new Dictionary<string, int> { ["waiting"] = waiting.Count, ["forMe"] = forMe.Count });
    }

    // What somebody acknowledged needs nobody else.
    private IEnumerable<Alert> Open => alerts.State.Alerts.Values.Where(alert => alert.Status == AlertStatus.Open);

    // What the cluster says by itself and no alert is about: questions, maintenance, roles that wait; and what alerts have not looked at yet.
    private IEnumerable<Need> NeedsOf(ClusterStatus cluster) =>
        from warning in cluster.Warnings
        where !alerts.State.Alerts.Values.Any(alert => alert.Status != AlertStatus.Closed && alert.Signal.Subject.Split(':') is [var kind, var name] && warning.StartsWith($"{kind} {name} ", StringComparison.OrdinalIgnoreCase))
        select new Need("warning", warning, null, "/nodes");
}
