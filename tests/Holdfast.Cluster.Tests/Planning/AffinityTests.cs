using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Roles that go together, and roles that are kept apart.</summary>
public sealed class AffinityTests
{
    private static readonly Scene WebBesideDb = Of("a", "b", "c").Role("db").OnlineOn("db", "b").Role("web", s => s with { Affinity = [new(R("db"))] });

    private static readonly Scene Twins = Of("a", "b", "c").Role("one", s => s with { AntiAffinity = [new(R("two"))] }).Role("two");

    [Fact]
    public void A_role_starts_where_the_one_is_that_it_goes_with() => Assert.Equal(N("b"), WebBesideDb.Decided("web").Owner);

    [Fact]
    public void It_waits_while_that_one_has_no_node()
    {
        var because = Of("a").Role("db", s => s with { Desired = DesiredState.Offline }).Role("web", s => s with { Affinity = [new(R("db"))] }).WaitingOf("web");

        Assert.Contains(because.Evidence, fact => fact == "a cannot take it before db, which it goes with, has a node");
    }

    [Fact]
    public void It_does_not_follow_one_that_is_still_there_only_because_maintenance_keeps_it()
    {
        var because = Of("a").Role("db", s => s with { Deleting = true, Maintenance = new() { Since = Noon, Until = Noon + TimeSpan.FromHours(1) } }).OnlineOn("db", "a")
            .Role("web", s => s with { Affinity = [new(R("db"))] }).WaitingOf("web");

        Assert.Contains(because.Evidence, fact => fact == "a cannot take it before db, which it goes with, has a node");
    }

    [Fact]
    public void It_follows_when_the_other_is_moved_and_failback_does_not_take_it_away()
    {
        var scene = WebBesideDb.Role("web", s => s with { PreferredOwners = [N("b")], Failback = new(FailbackPolicy.AtOnce) }).OnlineOn("web", "b").OnlineOn("db", "c");

        var next = scene.Decided("web");
        Assert.Equal((PlacementPhase.Releasing, ChangeKind.Affinity, N("c")), (next.Phase, next.Kind, next.Target!.Value));
        var arrived = scene.Planned().Released("web");
        Assert.Equal(N("c"), arrived.Decided("web").Owner);
        arrived.OnlineOn("web", "c").StaysAsItIs("web");
    }

    [Fact]
    public void Both_fail_over_to_the_same_node()
    {
        var after = WebBesideDb.OnlineOn("web", "b").Lost("b").Planned().Planned();

        Assert.Equal(after.PlacementOf("db").Owner, after.PlacementOf("web").Owner);
        Assert.NotEqual(N("b"), after.PlacementOf("db").Owner);
    }

    [Fact]
    public void Where_the_other_is_and_it_cannot_be_it_stays_and_says_so()
    {
        var because = WebBesideDb.Role("web", s => s with { PossibleOwners = [N("a")] }).OnlineOn("web", "a").WaitingOf("web");

        Assert.Equal("web stays on a although it goes with db, which is on b: no other node can take it.", because.Sentence);
    }

    [Fact]
    public void A_role_moved_by_hand_may_only_go_where_the_other_is()
    {
        var scene = WebBesideDb.OnlineOn("web", "b");

        var error = Assert.Throws<HoldfastException>(() => Planner.PlanMove(scene.View, scene.Seen, R("web"), N("c")));
        Assert.Contains("is not where db is", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_must_be_apart_is_never_put_together_whoever_said_so()
    {
        Assert.NotEqual(Twins.Planned().PlacementOf("one").Owner, Twins.Planned().PlacementOf("two").Owner);
        Assert.Contains(Of("a").Role("one", s => s with { AntiAffinity = [new(R("two"))] }).Role("two").OnlineOn("one", "a").WaitingOf("two").Evidence, fact => fact == "a runs one, which it is kept apart from");
    }

    [Fact]
    public void A_role_that_is_still_leaving_keeps_the_others_away()
    {
        var leaving = Of("a").Role("one", s => s with { AntiAffinity = [new(R("two"))], Desired = DesiredState.Offline }).Role("two")
            .OnlineOn("one", "a").Place("one", p => p with { Phase = PlacementPhase.Releasing, Kind = ChangeKind.Stop });

        Assert.Equal("no-candidate", leaving.WaitingOf("two").Rule);
        Assert.Equal(N("a"), leaving.Released("one").Decided("two").Owner);
    }

    [Fact]
    public void Of_two_that_must_part_the_one_of_lower_priority_goes()
    {
        var together = Twins.Role("two", s => s with { Priority = -1 }).OnlineOn("one", "a").OnlineOn("two", "a");

        together.StaysAsItIs("one");
        Assert.Equal(ChangeKind.Affinity, together.Decided("two").Kind);
    }

    [Fact]
    public void A_wish_decides_between_equally_good_nodes_and_moves_nothing()
    {
        var wish = Of("a", "b").Role("db").OnlineOn("db", "b").Role("web", s => s with { Affinity = [new(R("db"), Required: false)] });

        Assert.Equal(N("b"), wish.Decided("web").Owner); // Although a carries less.
        wish.OnlineOn("web", "a").StaysAsItIs("web");
        Assert.Equal(N("a"), wish.Role("web", s => s with { PreferredOwners = [N("a")] }).Decided("web").Owner);
        var apart = Of("a", "b").Role("x").OnlineOn("x", "a").Role("y").OnlineOn("y", "b").Role("z", s => s with { AntiAffinity = [new(R("x"), Required: false)] });
        Assert.Equal(N("b"), apart.Decided("z").Owner);
        Assert.Equal(N("a"), apart.Node("b", NodeIntent.Paused).Decided("z").Owner);
    }

    [Fact]
    public void Roles_that_are_tied_to_others_are_not_spread()
    {
        var scene = WebBesideDb.Role("db", s => s with { Failback = new(FailbackPolicy.AtOnce) }).OnlineOn("web", "b");

        Assert.Empty(scene.Plan().Steps);
    }
}
