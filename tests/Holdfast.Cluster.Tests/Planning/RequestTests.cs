using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>What people ask for: move, candidates, explain.</summary>
public sealed class RequestTests
{
    private static readonly Scene OrdersOnA = Of("a", "b", "c").Role("orders", s => s with { PreferredOwners = [N("a")] }).OnlineOn("orders", "a");

    [Fact]
    public void A_move_releases_towards_the_node_named()
    {
        var step = Planner.PlanMove(OrdersOnA.View, OrdersOnA.Seen, R("orders"), N("c"));

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.PlannedMove, N("c"), new Epoch(1, 1)), (step.Next.Phase, step.Next.Kind, step.Next.Target!.Value, step.Next.Epoch));
        Assert.Equal(OrdersOnA.View.Placements[R("orders")].Revision, step.JudgedRevision);
    }

    [Fact]
    public void A_move_without_a_node_goes_to_the_best_other() =>
        Assert.Equal(N("b"), Planner.PlanMove(OrdersOnA.View, OrdersOnA.Seen, R("orders"), null).Next.Target);

    [Fact]
    public void A_move_that_cannot_be_done_says_why()
    {
        Refused("role.not-found", OrdersOnA, "nothing", "b");
        Refused("node.not-found", OrdersOnA, "orders", "nowhere");
        Refused("node.not-eligible", OrdersOnA, "orders", "a");
        Assert.Equal("b cannot take orders: it is paused.", Refused("node.not-eligible", OrdersOnA.Node("b", NodeIntent.Paused), "orders", "b").Message);
        Refused("role.not-online", OrdersOnA.Role("orders", s => s with { Desired = DesiredState.Offline }), "orders", "b");
        Refused("role.not-online", OrdersOnA.Place("orders", p => p with { Phase = PlacementPhase.Failed }), "orders", "b");
        Refused("role.not-online", OrdersOnA.Place("orders", p => p with { Phase = PlacementPhase.Releasing }), "orders", "b");
        Refused("role.not-online", OrdersOnA.Lost("a"), "orders", "b");
        Refused("role.not-online", Of("a", "b").Role("orders"), "orders", "b");
        Refused("role.nowhere-to-go", OrdersOnA.Node("b", NodeIntent.Paused).Node("c", NodeIntent.Draining), "orders", null);
    }

    [Fact]
    public void Only_a_failed_role_is_started_again_after_failure() =>
        Assert.Equal("role.not-failed", Assert.Throws<HoldfastException>(() => Planner.PlanRestartAfterFailure(OrdersOnA.View, R("orders"), Noon)).Code);

    [Fact]
    public void Candidates_name_every_node_with_rank_or_reason()
    {
        var paused = OrdersOnA.Node("c", NodeIntent.Paused);

        var candidates = Planner.Candidates(paused.View, paused.Seen, R("orders"));

        Assert.Equal(
            [new(N("a"), true, 1, "preferred owner 1 of 1, load 0"), new(N("b"), true, 2, "not a preferred owner, load 0"), new(N("c"), false, 0, "is paused")],
            candidates.ToArray());
    }

    [Fact]
    public void An_explanation_says_where_why_and_what_would_change_it()
    {
        var scene = Of("a", "b").Role("orders", s => s with { PreferredOwners = [N("a")], NeedsConfirmedEnd = true }).Planned().Says("orders", OnlineState.Online);

        var explanation = Planner.Explain(scene.View, scene.Seen, R("orders"));

        Assert.Equal("orders is online on a since epoch 1.1.", explanation.Summary);
        Assert.Equal("first-start", explanation.WhyHere!.Rule);
        Assert.Single(explanation.History);
        Assert.Contains("If a is lost, b takes it once the end of a is confirmed.", explanation.WouldChange);
        Assert.Null(explanation.Next);
    }

    [Theory]
    [InlineData(3, 60, "3 more failures within 1 hour are allowed.")]
    [InlineData(1, 90, "1 more failure within 90 minutes is allowed.")]
    [InlineData(2, 2880, "2 more failures within 2 days are allowed.")]
    public void An_explanation_gives_times_as_people_do(int count, int minutes, string said)
    {
        var scene = Of("a", "b").Role("orders", s => s with { Failovers = new Budget(count, TimeSpan.FromMinutes(minutes)) }).Planned().Says("orders", OnlineState.Online);

        Assert.Contains($"If it fails here, it moves; {said}", Planner.Explain(scene.View, scene.Seen, R("orders")).WouldChange);
    }

    [Fact]
    public void An_explanation_of_a_waiting_role_names_the_obstacle()
    {
        var scene = OrdersOnA.Role("orders", s => s with { NeedsConfirmedEnd = true }).Lost("a");

        var explanation = Planner.Explain(scene.View, scene.Seen, R("orders"));

        Assert.Equal("orders belongs to a, whose lease ended (epoch 1.1).", explanation.Summary);
        Assert.Equal("unconfirmed-end", explanation.Waiting!.Rule);
    }

    private static HoldfastException Refused(string code, Scene scene, string role, string? to)
    {
        var refusal = Assert.Throws<HoldfastException>(() => Planner.PlanMove(scene.View, scene.Seen, R(role), to is null ? null : N(to)));
        Assert.Equal(code, refusal.Code);
        Assert.NotNull(refusal.Hint);
        return refusal;
    }
}
