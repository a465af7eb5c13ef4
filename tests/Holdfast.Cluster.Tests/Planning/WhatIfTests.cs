using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

public sealed class WhatIfTests
{
    private static readonly Scene Three = Of("a", "b", "c")
        .Role("db", s => s with { PreferredOwners = [N("a"), N("b")] }).OnlineOn("db", "a")
        .Role("app", s => s with { StartTier = 1 }).OnlineOn("app", "a")
        .Role("disk", s => s with { NeedsConfirmedEnd = true }).OnlineOn("disk", "a")
        .Role("far").OnlineOn("far", "c");

    [Fact]
    public void The_loss_of_a_node_shows_where_its_roles_would_land()
    {
        var outcome = WhatIf.NodesLost(Three.View, Three.Seen, N("a"));

        Assert.Equal(["app", "db"], outcome.Moved.Select(role => role.Value));
        Assert.Equal(N("b"), outcome.Placements[R("db")].Owner);
        Assert.Equal("unconfirmed-end", outcome.Waiting[R("disk")].Rule);
    }

    [Fact]
    public void The_loss_of_all_nodes_leaves_every_role_waiting() =>
        Assert.Equal(4, WhatIf.NodesLost(Three.View, Three.Seen, N("a"), N("b"), N("c")).Waiting.Count);

    [Fact]
    public void A_late_renewal_does_not_colour_the_answer()
    {
        var late = Three.AfterMilliseconds(500);

        Assert.Equal(PlacementPhase.Assigned, WhatIf.NodesLost(late.View, late.Seen, N("a")).Placements[R("app")].Phase);
    }

    [Fact]
    public void The_next_owner_is_who_takes_it_when_the_present_one_ends()
    {
        Assert.Equal(N("b"), WhatIf.NextOwner(Three.View, Three.Seen, R("db")));
        Assert.Equal(N("b"), WhatIf.NextOwner(Three.View, Three.Seen, R("disk"))); // Once its end is confirmed.
        var paused = Three.Node("b", NodeIntent.Paused);
        Assert.Equal(N("c"), WhatIf.NextOwner(paused.View, paused.Seen, R("db")));
    }

    [Fact]
    public void The_next_owner_carries_what_else_the_lost_one_leaves()
    {
        // Role z goes to b or c; the roles before it are given away first, and weigh there.
        var scene = Of("a", "b", "c").Role("m", s => s with { Weight = 5, PreferredOwners = [N("a"), N("b")] }).OnlineOn("m", "a").Role("z").OnlineOn("z", "a");

        Assert.Equal(N("c"), WhatIf.NextOwner(scene.View, scene.Seen, R("z")));
    }

    [Fact]
    public void Nobody_is_next_when_nobody_else_may_own_it()
    {
        var alone = Three.Role("db", s => s with { PossibleOwners = [N("a")] });

        Assert.Null(WhatIf.NextOwner(alone.View, alone.Seen, R("db")));
    }

    [Fact]
    public void A_node_that_does_not_exist_is_refused() =>
        Assert.Equal("node.not-found", Assert.Throws<HoldfastException>(() => WhatIf.NodesLost(Three.View, Three.Seen, N("x"))).Code);
}
