using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Nodes and roles that come and go.</summary>
public sealed class QuarantineTests
{
    [Fact]
    public void A_node_lost_more_often_than_allowed_is_quarantined_with_its_reason_until_the_time_is_over()
    {
        var scene = LostTimes(4);

        var node = scene.View.Nodes[N("b")].Value;
        Assert.Equal("was lost 4 times within 1 hour, 3 allowed", node.Quarantine!.Reason);
        Assert.Equal(TimeSpan.FromMinutes(30), node.Quarantine.Until - node.Quarantine.Since);
        var over = scene.After(TimeSpan.FromMinutes(31), "a", "b", "c");
        Assert.Equal("quarantine-ended", Assert.Single(over.Plan().Steps).Because.Rule);
        Assert.Null(over.Planned().View.Nodes[N("b")].Value.Quarantine);
    }

    [Fact]
    public void As_many_losses_as_are_allowed_are_not_too_many() => Assert.Null(LostTimes(3).View.Nodes[N("b")].Value.Quarantine);

    [Fact]
    public void Losses_that_lie_back_further_than_the_period_do_not_count()
    {
        var scene = LostTimes(3).After(TimeSpan.FromHours(1), "a", "b", "c");

        Assert.Null(Lose(scene).View.Nodes[N("b")].Value.Quarantine);
    }

    [Fact]
    public void Many_nodes_lost_at_once_and_an_orderly_shutdown_are_not_a_nodes_flapping()
    {
        var both = Of("a", "b", "c").After(Duration + Margin, "a").Planned();
        var down = Lose(Of("a", "b", "c").Node("b", NodeIntent.Draining, change: n => n with { ShuttingDown = true }));

        Assert.Empty(both.View.Nodes[N("b")].Value.Losses);
        Assert.Empty(down.View.Nodes[N("b")].Value.Losses);
    }

    [Fact]
    public void A_node_in_quarantine_is_given_a_role_only_when_no_other_can_take_it()
    {
        var scene = LostTimes(4).Role("orders", s => s with { PreferredOwners = [N("b"), N("a")], Failback = new(FailbackPolicy.AtOnce) });

        Assert.Equal(N("a"), scene.Decided("orders").Owner);
        Assert.Equal(N("b"), scene.Role("orders", s => s with { PreferredOwners = [], PossibleOwners = [N("b")] }).Decided("orders").Owner);
        scene.OnlineOn("orders", "a").StaysAsItIs("orders");
        Assert.Equal(ChangeKind.Failback, scene.OnlineOn("orders", "a").After(TimeSpan.FromMinutes(31), "a", "b", "c").Decided("orders").Kind);
        Assert.Contains(Planner.Candidates(scene.View, scene.Seen, R("orders")), c => c.Node == N("b") && c.Reason.Contains("in quarantine until", StringComparison.Ordinal));
    }

    [Fact]
    public void A_role_that_failed_too_often_is_tried_again_when_its_quarantine_is_over()
    {
        var scene = Of("a", "b").Role("orders", s => s with { Failovers = new Budget(0, TimeSpan.FromHours(1)), Quarantine = TimeSpan.FromMinutes(20) })
            .OnlineOn("orders", "a").Says("orders", OnlineState.Failed, givenUp: true).Planned().Released("orders").Planned();

        var failed = scene.PlacementOf("orders");
        Assert.Equal((PlacementPhase.Failed, Noon + TimeSpan.FromMinutes(20)), (failed.Phase, failed.QuarantinedUntil!.Value));
        Assert.Contains("tried again by itself at 2026-03-01 12:20 UTC", scene.WaitingOf("orders").Sentence, StringComparison.Ordinal);
        scene.After(TimeSpan.FromMinutes(19), "a", "b").StaysAsItIs("orders");
        var over = scene.After(TimeSpan.FromMinutes(20), "a", "b");
        Assert.Equal("quarantine-over", Assert.Single(over.Plan().Steps).Because.Rule);
        Assert.Equal(PlacementPhase.Assigned, over.Planned().Decided("orders").Phase);
        Assert.Null(over.Planned().Planned().PlacementOf("orders").QuarantinedUntil);
    }

    [Fact]
    public void Without_a_quarantine_of_its_own_a_failed_role_waits_for_somebody()
    {
        var scene = Of("a").Role("orders").Place("orders", p => p with { Phase = PlacementPhase.Failed, Kind = ChangeKind.BudgetSpent });

        scene.After(TimeSpan.FromDays(365), "a").StaysAsItIs("orders");
    }

    private static Scene LostTimes(int times) => Enumerable.Range(0, times).Aggregate(Of("a", "b", "c"), (scene, _) => Lose(scene));

    /// <summary>The node b is lost, and comes back.</summary>
    private static Scene Lose(Scene scene) =>
        scene.Lost("b").Planned().Lease("b", l => l with { Incarnation = l.Incarnation + 1, State = LeaseState.Live }).Observed("b").After(TimeSpan.FromMinutes(1), "a", "b", "c");
}
