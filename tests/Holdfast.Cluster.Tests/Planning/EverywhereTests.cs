using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Roles that run on every node that may own them.</summary>
public sealed class EverywhereTests
{
    private static readonly Scene Agents = Of("a", "b", "c").Role("agents", s => s with { Mode = RoleMode.Everywhere });

    private static readonly Scene Running = Agents.OnlineOn("agents@a", "a").OnlineOn("agents@b", "b").OnlineOn("agents@c", "c");

    [Fact]
    public void Every_member_is_given_its_own_instance_and_a_witness_none()
    {
        var scene = Agents.Node("w", kind: NodeKind.Witness).Renewed("w").Node("p", NodeIntent.Paused).Renewed("p").Planned();

        Assert.Equal(["agents@a on a", "agents@b on b", "agents@c on c"], scene.View.Placements.Values.Where(p => !p.Value.IsFree).Select(p => $"{p.Value.Role} on {p.Value.Owner}"));
        Assert.Empty(scene.Plan().Steps);
    }

    [Fact]
    public void The_instance_of_a_lost_node_goes_nowhere_and_comes_back_with_it()
    {
        var lost = Running.Lost("b").Planned();
        lost.StaysAsItIs("agents@b");
        Assert.Empty(lost.Plan().Waiting);

        var back = lost.Lease("b", l => l with { Incarnation = 2, State = LeaseState.Live }).Observed("b");
        var next = back.Decided("agents@b");
        Assert.Equal((N("b"), 2L, new Epoch(1, 2)), (next.Owner!.Value, next.OwnerIncarnation, next.Epoch));
    }

    [Fact]
    public void A_drained_node_stops_its_instance_and_starts_it_when_it_is_back()
    {
        var drained = Running.Node("b", NodeIntent.Draining);

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.Stop), (drained.Decided("agents@b").Phase, drained.Decided("agents@b").Kind));
        Assert.Contains("b is being drained", drained.Plan().Steps[0].Because.Sentence, StringComparison.Ordinal);
        var off = drained.Planned().Released("agents@b");
        Assert.Empty(off.Plan().Steps);
        Assert.Equal(N("b"), off.Node("b").Decided("agents@b").Owner);
    }

    [Fact]
    public void An_instance_that_fails_too_often_is_left_failed_and_the_others_run_on()
    {
        var failed = Running.Role("agents", s => s with { Failovers = new Budget(0, TimeSpan.FromHours(1)) }).Says("agents@c", OnlineState.Failed, givenUp: true).Planned().Released("agents@c").Planned();

        Assert.Equal(PlacementPhase.Failed, failed.PlacementOf("agents@c").Phase);
        failed.StaysAsItIs("agents@a");
    }

    [Fact]
    public void A_node_that_is_no_longer_possible_stops_its_instance() =>
        Assert.Equal(PlacementPhase.Releasing, Running.Role("agents", s => s with { PossibleOwners = [N("a"), N("b")] }).Decided("agents@c").Phase);

    [Fact]
    public void It_is_removed_when_it_runs_nowhere_any_more()
    {
        var deleting = Running.Role("agents", s => s with { Desired = DesiredState.Offline, Deleting = true }).Planned();
        Assert.DoesNotContain(deleting.Plan().Steps, step => step is PlanStep.RemoveRole);

        var free = deleting.Released("agents@a").Released("agents@b");
        Assert.DoesNotContain(free.Plan().Steps, step => step is PlanStep.RemoveRole);
        Assert.Equal(R("agents"), Assert.IsType<PlanStep.RemoveRole>(Assert.Single(free.Released("agents@c").Plan().Steps)).Role);
    }

    [Fact]
    public void It_cannot_be_moved()
    {
        Assert.Equal("role.everywhere", Assert.Throws<HoldfastException>(() => Planner.PlanMove(Running.View, Running.Seen, R("agents"), N("b"))).Code);
        Assert.Equal("role.everywhere", Assert.Throws<HoldfastException>(() => Planner.PlanMove(Running.View, Running.Seen, R("agents@a"), N("b"))).Code);
    }

    [Fact]
    public void An_explanation_counts_its_instances()
    {
        var explanation = Planner.Explain(Running.View, Running.Seen, R("agents"));

        Assert.Equal("agents runs on every node that may own it: it is online on 3 of 3.", explanation.Summary);
        Assert.Equal(["a", "b", "c"], explanation.Candidates.Select(c => c.Node.Value));
    }

    [Fact]
    public void Its_maintenance_is_that_of_every_instance_and_is_kept_once()
    {
        var maintained = Running.Role("agents", s => s with { Maintenance = Maintenance.Begin(Noon, TimeSpan.FromHours(1), null) });

        maintained.Says("agents@a", OnlineState.Failed, givenUp: true).StaysAsItIs("agents@a");
        Assert.Equal(R("agents"), Assert.IsType<PlanStep.UpdateRole>(Assert.Single(maintained.After(TimeSpan.FromHours(1), "a", "b", "c").Plan().Steps)).Next.Name);
    }
}
