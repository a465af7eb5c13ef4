using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

public sealed class RebootTests
{
    private static readonly Scene Three = Of("a", "b", "c")
        .Role("db", s => s with { PreferredOwners = [N("a"), N("b")], Failback = new(FailbackPolicy.AtOnce) }).OnlineOn("db", "a")
        .Role("far").OnlineOn("far", "c");

    [Fact]
    public void A_node_whose_roles_have_another_place_can_be_restarted()
    {
        var outlook = WhatIf.Reboot(Three.View, Three.Seen, N("a"));

        Assert.True(outlook.Yes);
        Assert.Equal((R("db"), N("b")), Assert.Single(outlook.Moves));
        Assert.Equal(0, outlook.Quorum.Spare);
    }

    [Fact]
    public void While_one_of_three_voters_is_away_nothing_could_survive_another_loss() =>
        Assert.Equal(["db", "far"], WhatIf.Reboot(Three.View, Three.Seen, N("a")).LosesRedundancy.Select(role => role.Value));

    [Fact]
    public void With_five_voters_only_the_roles_that_it_stands_by_for_lose_redundancy()
    {
        var five = Of("a", "b", "c", "d", "e")
            .Role("pair", s => s with { PossibleOwners = [N("a"), N("b")] }).OnlineOn("pair", "b")
            .Role("free").OnlineOn("free", "c");

        var outlook = WhatIf.Reboot(five.View, five.Seen, N("a"));

        Assert.True(outlook.Yes);
        Assert.Equal(R("pair"), Assert.Single(outlook.LosesRedundancy));
        Assert.Equal(1, outlook.Quorum.Spare);
    }

    [Fact]
    public void A_role_that_can_go_nowhere_forbids_it()
    {
        var bound = Three.Role("db", s => s with { PossibleOwners = [N("a")] });

        var outlook = WhatIf.Reboot(bound.View, bound.Seen, N("a"));

        Assert.False(outlook.Yes);
        Assert.Equal("drain", outlook.Stay[R("db")].Rule);
        Assert.Contains(R("db"), outlook.HasNone);
    }

    [Fact]
    public void A_store_that_would_lose_its_majority_forbids_it()
    {
        var two = Three.Lost("c").Planned();

        var outlook = WhatIf.Reboot(two.View, two.Seen, N("b"));

        Assert.False(outlook.Yes);
        Assert.Equal(new StoreQuorum(3, 1), outlook.Quorum);
    }

    [Fact]
    public void What_it_says_of_the_moves_is_what_the_planner_then_does()
    {
        var outlook = WhatIf.Reboot(Three.View, Three.Seen, N("a"));

        var draining = Three.Node("a", NodeIntent.Draining).Planned().Released("db").Planned();

        Assert.Equal(outlook.Moves[0].To, draining.PlacementOf("db").Owner);
    }

    [Fact]
    public void Losing_the_majority_moves_nothing_and_stops_everything()
    {
        var outcome = WhatIf.NodesLost(Three.View, Three.Seen, N("a"), N("b"));

        Assert.Empty(outcome.Moved);
        Assert.Equal([R("db"), R("far")], outcome.Waiting.Keys);
        Assert.All(outcome.Waiting.Values, because => Assert.Equal("no-quorum", because.Rule));
    }

    [Fact]
    public void Without_a_majority_nobody_is_next()
    {
        var two = Of("a", "b").Role("db").OnlineOn("db", "a");

        Assert.Null(WhatIf.NextOwner(two.View, two.Seen, R("db")));
    }

    [Fact]
    public void The_two_failure_map_has_each_node_and_each_pair_once_and_says_what_each_loss_alone_says()
    {
        var map = WhatIf.Failures(Three.View, Three.Seen).ToList();

        Assert.Equal(["a", "b", "c", "a,b", "a,c", "b,c"], map.Select(failure => string.Join(',', failure.Lost)));
        Assert.All(map, failure => Assert.Equal(WhatIf.NodesLost(Three.View, Three.Seen, failure.Lost).Moved.AsEnumerable(), failure.Outcome.Moved.AsEnumerable()));
        Assert.All(map.Skip(3), failure => Assert.False(failure.Outcome.Quorum.Holds));
    }

    [Fact]
    public void Nodes_that_do_not_vote_can_all_but_one_be_lost_since_the_store_is_not_on_them()
    {
        var two = new[] { "a", "b" }.Aggregate(Of(), (scene, node) => scene.Node(node, change: n => n with { Voter = false }).Renewed(node)).Role("db").OnlineOn("db", "a");

        Assert.True(StoreQuorum.Of(two.View, N("a")) is { Holds: true, IsElsewhere: true, IsBarely: false });
        Assert.Equal(N("b"), WhatIf.NextOwner(two.View, two.Seen, R("db")));
        Assert.Equal(N("b"), WhatIf.NodesLost(two.View, two.Seen, N("a")).Placements[R("db")].Owner);
        Assert.True(WhatIf.Reboot(two.View, two.Seen, N("a")).Yes);
    }

    [Fact]
    public void A_witness_lets_two_members_survive_one_loss_but_not_that_of_the_witness_too()
    {
        var cluster = Of("a", "b").Node("w", kind: NodeKind.Witness).Renewed("w").Role("db").OnlineOn("db", "a");

        Assert.Equal(N("b"), WhatIf.NodesLost(cluster.View, cluster.Seen, N("a")).Placements[R("db")].Owner);
        Assert.False(WhatIf.NodesLost(cluster.View, cluster.Seen, N("b"), N("w")).Quorum.Holds);
    }
}
