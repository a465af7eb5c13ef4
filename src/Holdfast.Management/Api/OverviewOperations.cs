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
internal sealed class OverviewOperations(AgentLink agent, ClusterFollower follower, ServiceStanding standing, AlertService alerts, ComplianceWatch compliance, ApprovalDesk approvals, TimeProvider time)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/overview", AccessLevel.Viewer, "What an administrator wants to know first.", ManagementJson.Default.Overview, (http, person) => LookAsync(person, http.RequestAborted)),
        new("GET", "/stream", AccessLevel.Viewer, "What happens, as it happens: server-sent events service, cluster, event, operation, alert, approval.", StreamAsync) { StreamAnswer = "text/event-stream" },
    ];

    private async Task<Overview> LookAsync(Person person, CancellationToken cancellationToken)
    {
        var cluster = follower.Status ?? await agent.GetAsync("v1/cluster", ApiJson.Default.ClusterStatus, cancellationToken);
        var failures = await agent.GetAsync("v1/failures", ApiJson.Default.IReadOnlyListFailureOutlook, cancellationToken);
        var jobs = await agent.GetAsync("v1/jobs", ApiJson.Default.IReadOnlyListJobInfo, cancellationToken);
        var redundancy = Redundancy.Of(cluster, failures);
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
            [.. Open.OrderByDescending(alert => alert.Severity).Select(alert => new Need(alert.Severity.ToString().ToLowerInvariant(), alert.Signal.Sentence, alert.Signal.Hint, "/alerts")), .. forMe.Select(approval => new Need("warning", $"{approval.AskedBy} asks for a second person: {approval.What}.", "Look at it, then approve or refuse it.", "/approvals")), .. NeedsOf(cluster, redundancy, jobs)],
            new Dictionary<string, int> { ["waiting"] = waiting.Count, ["forMe"] = forMe.Count });
    }

    // What somebody acknowledged needs nobody else.
    private IEnumerable<Alert> Open => alerts.State.Alerts.Values.Where(alert => alert.Status == AlertStatus.Open);

    private static IEnumerable<Need> NeedsOf(ClusterStatus cluster, RedundancyLight redundancy, IReadOnlyList<JobInfo> jobs)
    {
        if (cluster.Store == "no-quorum") yield return new Need("critical", "The cluster has no majority and decides nothing.", "Bring back a node or the witness.", "/nodes");
        foreach (var role in cluster.Roles.Where(role => role.State == "failed")) yield return new Need("critical", $"Role {role.Name} failed: {role.Reason}", $"holdfast role explain {role.Name}", $"/roles/{role.Name}");
        if (!redundancy.Ok) yield return new Need("warning", redundancy.Sentence, null, "/nodes");
        foreach (var warning in cluster.Warnings) yield return new Need("warning", warning, null, "/nodes");
        foreach (var job in jobs.Where(job => job.Last is { State: JobState.Failed })) yield return new Need("warning", $"Job {job.Name} failed: {job.Last!.Reason}", $"holdfast job show {job.Name}", $"/jobs/{job.Name}");
    }

    private async Task StreamAsync(HttpContext http, Person person)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no"; // A proxy in front would keep it back.
        try
        {
            await WriteAsync(http, "retry: 500\n\n" + StreamEvent.Of("service", await standing.LookAsync(http.RequestAborted), ManagementJson.Default.ServiceInfo).Text);
            await using var events = follower.ListenAsync(http.RequestAborted).GetAsyncEnumerator(http.RequestAborted);
            var next = events.MoveNextAsync().AsTask();
            while (true)
            {
                // A line now and then shows both sides that the other is there.
                if (await Task.WhenAny(next, Task.Delay(KeepAlive, time, http.RequestAborted)) != next) await WriteAsync(http, ": \n\n");
                else if (await next)
                {
                    await WriteAsync(http, events.Current.Text);
                    next = events.MoveNextAsync().AsTask();
                }
                else return;
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
        }
    }

    private static async Task WriteAsync(HttpContext http, string text)
    {
        await http.Response.WriteAsync(text, http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
