using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Drain, pause, failback, load spread, start tiers.</summary>
public sealed class MovingTests
{
    private static readonly Failback AtOnce = new(FailbackPolicy.AtOnce);

    private static readonly Scene AwayFromHome = Of("a", "b").Role("orders", s => s with { PreferredOwners = [N("a"), N("b")], Failback = AtOnce }).OnlineOn("orders", "b");

    [Fact]
    public void A_drained_nodes_roles_leave_when_another_node_can_take_them()
    {
        var scene = Of("a", "b").Role("orders").OnlineOn("orders", "a").Node("a", NodeIntent.Draining);

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.Drain), (scene.Decided("orders").Phase, scene.Decided("orders").Kind));
        Assert.Equal((N("b"), ChangeKind.Drain), (scene.Planned().Released("orders").Decided("orders").Owner!.Value, scene.Planned().Released("orders").Decided("orders").Kind));
    }

    [Fact]
    public void A_drained_nodes_role_stays_when_nobody_else_can_take_it()
    {
        var scene = Of("a", "b").Role("orders", s => s with { PossibleOwners = [N("a")] }).OnlineOn("orders", "a").Node("a", NodeIntent.Draining);

        Assert.Equal("drain", scene.WaitingOf("orders").Rule);
    }

    [Fact]
    public void A_paused_node_keeps_its_roles_and_is_given_none()
    {
        var scene = AwayFromHome.Node("b", NodeIntent.Paused).Role("echo", s => s with { PreferredOwners = [N("b")] });

        scene.StaysAsItIs("orders");
        Assert.Equal(N("a"), scene.Decided("echo").Owner);
    }

    [Fact]
    public void A_role_leaves_a_node_that_is_no_longer_a_possible_owner()
    {
        var scene = Of("a", "b").Role("orders").OnlineOn("orders", "a").Role("orders", s => s with { PossibleOwners = [N("b")] });

        Assert.Equal(PlacementPhase.Releasing, scene.Decided("orders").Phase);
        Assert.Equal(N("b"), scene.Planned().Released("orders").Decided("orders").Owner);
    }

    [Fact]
    public void Failback_at_once_releases_to_the_more_preferred_owner()
    {
        var next = AwayFromHome.Decided("orders");

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.Failback, N("a")), (next.Phase, next.Kind, next.Target!.Value));
    }

    [Fact]
    public void Failback_when_idle_waits_until_nobody_uses_the_role()
    {
        var busy = AwayFromHome.Role("orders", s => s with { Failback = new(FailbackPolicy.WhenIdle) });

        busy.StaysAsItIs("orders");
        var idle = busy.Says("orders", OnlineState.Online, idle: true);
        Assert.Equal((ChangeKind.Failback, N("a")), (idle.Decided("orders").Kind, idle.Decided("orders").Target!.Value));
    }

    [Fact]
    public void Failback_that_asks_waits_for_an_answer_and_both_answers_hold()
    {
        var asking = AwayFromHome.Role("orders", s => s with { Failback = new(FailbackPolicy.Ask) });

        asking.StaysAsItIs("orders");
        Assert.Contains("holdfast role failback orders", asking.Plan().Questions[R("orders")].Sentence, StringComparison.Ordinal);
        var yes = Planner.PlanFailback(asking.View, asking.Seen, R("orders")).Next;
        Assert.Equal((PlacementPhase.Releasing, ChangeKind.Failback, N("a")), (yes.Phase, yes.Kind, yes.Target!.Value));
        var no = asking.Committed(Planner.PlanStay(asking.View, asking.Seen, R("orders")));
        Assert.Empty(no.Plan().Questions);
        no.StaysAsItIs("orders");
        Assert.Equal((PlacementPhase.Assigned, asking.PlacementOf("orders").Epoch), (no.PlacementOf("orders").Phase, no.PlacementOf("orders").Epoch));
    }

    [Fact]
    public void Nobody_is_asked_while_nothing_could_be_done()
    {
        var asking = AwayFromHome.Role("orders", s => s with { Failback = new(FailbackPolicy.Ask) });

        Assert.Empty(asking.Node("a", NodeIntent.Paused).Plan().Questions);
        Assert.Equal("role.nowhere-better", Assert.Throws<HoldfastException>(() => Planner.PlanFailback(asking.OnlineOn("orders", "a").View, asking.Seen, R("orders"))).Code);
    }

    [Fact]
    public void Failback_never_stays() => AwayFromHome.Role("orders", s => s with { Failback = Failback.Never }).StaysAsItIs("orders");

    [Fact]
    public void Failback_waits_until_the_role_is_online() => AwayFromHome.OwnedBy("orders", "b").Says("orders", OnlineState.Starting).StaysAsItIs("orders");

    [Fact]
    public void Failback_waits_until_the_preferred_owner_can_take_it() => AwayFromHome.AfterMilliseconds(400, "b").StaysAsItIs("orders");

    [Fact]
    public void Failback_never_returns_to_a_node_where_the_role_failed_lately()
    {
        var scene = AwayFromHome.Place("orders", p => p with { Failures = [new(N("a"), Noon)] });

        scene.StaysAsItIs("orders");
        Assert.Equal(N("a"), scene.After(TimeSpan.FromHours(1), "a", "b").Decided("orders").Target);
    }

    [Fact]
    public void A_role_that_was_moved_by_hand_is_not_taken_back() =>
        AwayFromHome.OnlineOn("orders", "b", ChangeKind.PlannedMove).StaysAsItIs("orders");

    [Theory]
    [InlineData("11:00", "13:00", true)]
    [InlineData("12:00", "13:00", true)]
    [InlineData("11:00", "12:00", false)]
    [InlineData("22:00", "04:00", false)]
    [InlineData("22:00", "12:30", true)]
    public void Failback_in_a_window_happens_only_inside_it(string from, string to, bool moves)
    {
        var scene = AwayFromHome.Role("orders", s => s with { Failback = new(FailbackPolicy.Window, TimeOnly.Parse(from), TimeOnly.Parse(to)) });

        Assert.Equal(moves, scene.Plan().Steps.Length == 1);
    }

    [Fact]
    public void The_planner_looks_again_when_the_window_opens()
    {
        var endless = TimeSpan.FromDays(9);
        var scene = AwayFromHome.Lease("a", l => l with { Duration = endless }).Observed("a").Lease("b", l => l with { Duration = endless }).Observed("b")
            .Role("orders", s => s with { Failback = new(FailbackPolicy.Window, new TimeOnly(3, 0), new TimeOnly(4, 0)) });

        Assert.Equal(TimeSpan.FromHours(15), scene.Plan().LookAgainIn);
    }

    [Fact]
    public void The_planner_looks_again_when_a_failure_stops_counting()
    {
        var endless = TimeSpan.FromDays(9);
        var scene = AwayFromHome.Lease("a", l => l with { Duration = endless }).Observed("a").Lease("b", l => l with { Duration = endless }).Observed("b")
            .Place("orders", p => p with { Failures = [new(N("a"), Noon - TimeSpan.FromMinutes(50))] });

        var next = scene.Plan().LookAgainIn;

        Assert.Equal(TimeSpan.FromMinutes(10), next);
        Assert.Equal(N("a"), scene.After(next!.Value).Decided("orders").Target);
    }

    [Fact]
    public void A_released_role_goes_to_its_target_and_else_to_the_best_candidate()
    {
        var released = Of("a", "b", "c").Role("orders").OnlineOn("orders", "a")
            .Place("orders", p => p with { Phase = PlacementPhase.Released, Kind = ChangeKind.PlannedMove, Target = N("c") });

        Assert.Equal((N("c"), ChangeKind.PlannedMove, null), (released.Decided("orders").Owner!.Value, released.Decided("orders").Kind, released.Decided("orders").Target));
        Assert.Equal(N("a"), released.Node("c", NodeIntent.Paused).Decided("orders").Owner);
    }

    [Fact]
    public void Roles_that_do_not_care_are_spread_one_at_a_time_until_it_is_even()
    {
        var scene = Of("a", "b");
        for (var i = 0; i < 5; i++) scene = scene.Role($"r{i}", s => s with { Failback = AtOnce }).OnlineOn($"r{i}", "a");

        var moves = 0;
        while (scene.Plan().Steps is [PlanStep.Place { Next: var next }])
        {
            Assert.Equal((PlacementPhase.Releasing, ChangeKind.LoadSpread, N("b")), (next.Phase, next.Kind, next.Target!.Value));
            scene = scene.Planned();
            Assert.Empty(scene.Plan().Steps);
            scene = scene.Released(next.Role.Value).Planned();
            Assert.Empty(scene.Plan().Steps);
            scene = scene.Says(next.Role.Value, OnlineState.Online);
            moves++;
        }

        Assert.Equal(2, moves);
    }

    [Fact]
    public void A_heavy_role_is_not_tossed_to_and_fro()
    {
        var scene = Of("a", "b").Role("heavy", s => s with { Weight = 2, Failback = AtOnce }).OnlineOn("heavy", "a");

        Assert.Empty(scene.Plan().Steps);
    }

    [Fact]
    public void Roles_with_a_preference_or_without_failback_are_not_spread()
    {
        var scene = Of("a", "b");
        for (var i = 0; i < 3; i++) scene = scene.Role($"n{i}").OnlineOn($"n{i}", "a").Role($"p{i}", s => s with { Failback = AtOnce, PreferredOwners = [N("a")] }).OnlineOn($"p{i}", "a");

        Assert.Empty(scene.Plan().Steps);
    }

    [Fact]
    public void A_higher_tier_waits_until_the_lower_tier_is_settled()
    {
        var scene = Of("a", "b").Role("app", s => s with { StartTier = 1 }).Role("db").Role("web", s => s with { StartTier = 2, Priority = 9 });

        Assert.Equal(R("db"), Assert.Single(scene.Plan().Steps.OfType<PlanStep.Place>()).Next.Role);
        Assert.Equal("start-tier", scene.WaitingOf("app").Rule);

        var started = scene.Planned();
        Assert.Equal("start-tier", started.WaitingOf("app").Rule);

        var online = started.Says("db", OnlineState.Online);
        Assert.Equal(PlacementPhase.Assigned, online.Decided("app").Phase);
        Assert.Contains("after app", online.WaitingOf("web").Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OnlineState.Failed, false)]
    [InlineData(OnlineState.Starting, true)]
    public void A_lower_tier_that_failed_does_not_hold_back_the_others(OnlineState state, bool givenUp)
    {
        var scene = Of("a", "b").Role("db").OwnedBy("db", "a").Says("db", state, givenUp).Role("app", s => s with { StartTier = 1 });

        Assert.Equal(PlacementPhase.Assigned, scene.Decided("app").Phase);
    }

    [Fact]
    public void A_lower_tier_that_cannot_be_placed_does_not_hold_back_the_others()
    {
        var scene = Of("a").Role("db", s => s with { PossibleOwners = [N("gone")] }).Role("app", s => s with { StartTier = 1 });

        Assert.Equal(PlacementPhase.Assigned, scene.Decided("app").Phase);
    }

    [Fact]
    public void Within_a_tier_the_higher_priority_lands_first()
    {
        var scene = Of("a").Role("x").Role("y", s => s with { Priority = 5 }).Role("z", s => s with { Priority = 5 });

        Assert.Equal(["y", "z", "x"], scene.Plan().Steps.OfType<PlanStep.Place>().Select(p => p.Next.Role.Value));
    }
}
