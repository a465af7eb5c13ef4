using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Alerts;
using Holdfast.Management.Alerts.Sources;
using Holdfast.Management.Compliance;

namespace Holdfast.Management.Tests.Alerts;

public sealed class SourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_failure_is_over_with_the_next_run_that_completes_and_not_with_one_that_was_skipped()
    {
        Assert.Equal([AlertTrigger.JobFailed], Triggers(JobState.Skipped, JobState.Failed, JobState.Completed));
        Assert.Equal([AlertTrigger.JobFailed], Triggers(JobState.Running, JobState.Failed));
        Assert.Equal([AlertTrigger.JobMissed], Triggers(JobState.Missed, JobState.Completed));
        Assert.Equal([AlertTrigger.JobFailed, AlertTrigger.JobMissed], Triggers(JobState.Missed, JobState.Failed));
        Assert.Empty(Triggers(JobState.Completed, JobState.Failed, JobState.Missed));

        static IEnumerable<AlertTrigger> Triggers(params JobState[] newestFirst) =>
            JobSignals.Of([new("j", "gold", "tree:/srv", [], [.. newestFirst.Select((state, index) => new RunInfo($"{index}", Now, state, "no room", "a", 1, 0, 0, Now, Now, null, ImmutableDictionary<string, long>.Empty))])]).Select(signal => signal.Trigger);
    }

    [Fact]
    public void What_becomes_unknown_is_said_as_it_was_and_closes_nothing()
    {
        var world = new AlertWorld { Settings = new([AlertWorld.Rule("rpo-broken", AlertTrigger.RpoBroken)], ["admins"], []) };
        void See(ComplianceState state) => world.Tell(new AlertInput.Observed(ComplianceSignals.Source, ComplianceSignals.Of([Thing(state)], new HashSet<string>(), world.State.Alerts.Values, _ => [], world.Now)));

        See(ComplianceState.Unknown);
        Assert.Empty(world.State.Alerts);
        See(ComplianceState.Broken);
        See(ComplianceState.Unknown);
        Assert.Equal(AlertStatus.Open, world.Only.Status);
        // A machine that has not told yet: what the policy means there is not in the report at all.
        world.Tell(new AlertInput.Observed(ComplianceSignals.Source, ComplianceSignals.Of([], new HashSet<string> { "gold" }, world.State.Alerts.Values, _ => [], world.Now)));
        Assert.Equal(AlertStatus.Open, world.Only.Status);
        See(ComplianceState.Met);

        Assert.Equal(AlertStatus.Closed, world.Only.Status);
    }

    [Fact]
    public void Redundancy_is_lost_when_one_loss_more_would_stop_the_cluster_or_a_role_that_could_be_elsewhere()
    {
        var cluster = Cluster(Node("a", "up"), Node("b", "down"), Node("c", "up"));
        FailureOutlook[] failures = [new(["a"], "no-quorum", [], ["db", "local"], []), new(["c"], "ok", ["db"], [], []), new(["a", "c"], "no-quorum", [], ["db"], [])];

        var signals = ClusterSignals.Of(cluster, failures, role => role == "local");

        Assert.Equal([(AlertTrigger.NodeDown, "node:b"), (AlertTrigger.RedundancyLost, "cluster"), (AlertTrigger.RedundancyLost, "role:db")], signals.Select(signal => (signal.Trigger, signal.Subject)));
        Assert.All(signals, signal => Assert.True(signal.Sentence.Length > 0 && signal.Because.Length > 0 && signal.Hint.Length > 0));
        Assert.DoesNotContain(ClusterSignals.Of(cluster, null, _ => false), signal => signal.Trigger == AlertTrigger.RedundancyLost);
    }

    [Fact]
    public void Maintenance_and_a_drain_mute_what_they_are_about()
    {
        var pause = new Maintenance { Since = Now, Until = Now.AddHours(1), Reason = "update" };
        var cluster = Cluster(Node("a", "up"), Node("b", "down") with { Intent = NodeIntent.Draining }) with
        {
            Roles = [new RoleSummary("db", "a", "1", PlacementPhase.Assigned, "online", "", DesiredState.Online, "", [], Maintenance: pause), new RoleSummary("old", "a", "1", PlacementPhase.Assigned, "online", "", DesiredState.Online, "", [], Maintenance: pause with { Until = Now })],
        };

        Assert.Equal(["role:db", "node:b"], MaintenanceMutes.Of(cluster, Now).Select(mute => mute.Subject));
        Assert.Equal(["*", "role:db", "node:b"], MaintenanceMutes.Of(cluster with { Maintenance = pause with { Until = Now.AddHours(2) } }, Now).Select(mute => mute.Subject));
    }

    private static ThingCompliance Thing(ComplianceState state) => new() { Name = "/srv", Kind = default, Policy = "gold", Key = "tree:/srv", State = state, RtoState = ComplianceState.Unknown, ProofState = ComplianceState.Unknown, Sentence = "Why." };

    private static NodeStatus Node(string name, string state) => new(name, NodeKind.Member, true, false, "", state, NodeIntent.Active, 1, 0, []);

    private static ClusterStatus Cluster(params NodeStatus[] nodes) => new()
    {
        Name = "lab", Id = "1", Profile = "standard", Revision = 1, AnsweredBy = "a", Store = "degraded", Nodes = nodes, Warnings = [],
        Roles = [new RoleSummary("db", "a", "1", PlacementPhase.Assigned, "online", "", DesiredState.Online, "", []), new RoleSummary("local", "a", "1", PlacementPhase.Assigned, "online", "", DesiredState.Online, "", [])],
    };
}
