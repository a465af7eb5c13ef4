using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>What a large cluster asks of the planner.</summary>
public sealed class ManyTests
{
    [Fact]
    public void Renewals_are_told_from_everything_else()
    {
        var scene = Of("a", "b").Role("db").OnlineOn("db", "a");

        Assert.True(scene.Renewed("b").View.IsOnlyRenewedSince(scene.View));
        Assert.True(scene.Renewed("b").Lease("b", lease => lease with { Nonce = "n2", CopyMark = 7 }).View.IsOnlyRenewedSince(scene.View));
        Assert.False(scene.Lease("b", lease => lease with { Incarnation = 2 }).View.IsOnlyRenewedSince(scene.View));
        Assert.False(scene.Lease("b", lease => lease with { State = LeaseState.Closing }).View.IsOnlyRenewedSince(scene.View));
        Assert.False(scene.Says("db", OnlineState.Failed).View.IsOnlyRenewedSince(scene.View));
        Assert.False(scene.Unwell("a").View.IsOnlyRenewedSince(scene.View));
        Assert.False(scene.Node("c").Renewed("c").View.IsOnlyRenewedSince(scene.View));
        var ended = scene.Lease("b", lease => lease with { State = LeaseState.Ended });
        Assert.False(ended.Renewed("b").View.IsOnlyRenewedSince(ended.View));
    }

    [Fact]
    public void A_plan_is_no_longer_than_one_commit_and_the_rest_comes_with_the_next()
    {
        var scene = Enumerable.Range(0, 250).Aggregate(Of("a", "b", "c"), (s, n) => s.Role($"r{n:000}"));
        var later = scene.Role("last", s => s with { StartTier = 1 });

        Assert.Equal(100, later.Plan().Steps.Length);
        Assert.Equal([100, 200, 250], Enumerable.Range(1, 3).Select(commits => Enumerable.Range(0, commits).Aggregate(later, (s, _) => s.Planned()).View.Placements.Count));
        Assert.Equal(251, WhatIf.NodesLost(later.View, later.Seen, N("b")).Placements.Count);
    }

    [Fact]
    public void A_decision_remembers_the_best_of_many_candidates_and_how_many_more_there_were()
    {
        var evidence = Of([.. Enumerable.Range(10, 20).Select(n => $"n{n}")]).Role("web").Decided("web").History[0].Because.Evidence;

        Assert.Equal(8, evidence.Length);
        Assert.Equal("13 other nodes, 13 of which could take it", evidence[^1]);
    }
}
