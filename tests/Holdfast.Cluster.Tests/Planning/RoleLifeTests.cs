using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>First start, stop, deletion, failure budgets.</summary>
public sealed class RoleLifeTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_declared_role_is_started_on_the_best_candidate()
    {
        var next = Of("a", "b", "c").Role("orders", s => s with { PreferredOwners = [N("c"), N("a")] }).Decided("orders");

        Assert.Equal((N("c"), PlacementPhase.Assigned, ChangeKind.FirstStart, new Epoch(1, 1)), (next.Owner!.Value, next.Phase, next.Kind, next.Epoch));
        Assert.Contains("c is up: preferred owner 1 of 2, load 0", next.History[0].Because.Evidence);
    }

    [Fact]
    public void Nothing_is_planned_before_the_cluster_is_created()
    {
        var scene = Of("a").Role("orders");

        Assert.Empty(Planner.Plan(scene.View with { Settings = null }, scene.Seen).Steps);
    }

    [Fact]
    public void Roles_without_preference_go_where_the_load_is_lowest()
    {
        var scene = Of("a", "b").Role("heavy", s => s with { Weight = 3 }).OnlineOn("heavy", "a").Role("r1").Role("r2").Role("r3").Role("r4");

        var owners = scene.Plan().Steps.OfType<PlanStep.Place>().Select(p => p.Next.Owner!.Value.Value);

        Assert.Equal(["b", "b", "b", "a"], owners);
    }

    [Fact]
    public void A_stopped_role_is_released_and_left_alone()
    {
        var scene = Of("a").Role("orders").OnlineOn("orders", "a").Role("orders", s => s with { Desired = DesiredState.Offline });

        var next = scene.Decided("orders");
        var stopped = scene.Planned().Released("orders");

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.Stop, new Epoch(1, 1)), (next.Phase, next.Kind, next.Epoch));
        Assert.Empty(stopped.Plan().Steps);
        Assert.Equal((ChangeKind.FirstStart, new Epoch(1, 2)),
            (stopped.Role("orders", s => s with { Desired = DesiredState.Online }).Decided("orders").Kind, stopped.Role("orders", s => s with { Desired = DesiredState.Online }).Decided("orders").Epoch));
    }

    [Fact]
    public void A_deleted_role_is_released_then_removed_and_its_epochs_go_on()
    {
        var deleting = Of("a").Role("orders").OnlineOn("orders", "a").Role("orders", s => s with { Deleting = true });
        Assert.Equal(PlacementPhase.Releasing, deleting.Decided("orders").Phase);

        var free = deleting.Planned().Released("orders");
        var remove = Assert.IsType<PlanStep.RemoveRole>(Assert.Single(free.Plan().Steps));
        Assert.Equal((free.View.Roles[R("orders")].Revision, free.View.Placements[R("orders")].Revision), (remove.JudgedRevision, remove.JudgedPlacementRevision));

        var again = free.Planned().Role("orders");
        Assert.Equal(new Epoch(1, 2), again.Decided("orders").Epoch);
    }

    [Fact]
    public void A_failed_role_that_is_deleted_leaves_a_clean_tombstone()
    {
        var scene = Of("a").Role("orders", s => s with { Deleting = true })
            .Place("orders", p => p with { Phase = PlacementPhase.Failed, Failures = [new(N("a"), Noon)], Kind = ChangeKind.BudgetSpent });

        var removed = scene.Planned().Planned();

        Assert.Empty(removed.View.Roles);
        Assert.Equal((PlacementPhase.Released, true), (removed.PlacementOf("orders").Phase, removed.PlacementOf("orders").Failures.IsEmpty));
    }

    [Fact]
    public void A_placement_whose_role_is_gone_is_released()
    {
        var scene = Of("a").Role("orders").OnlineOn("orders", "a");

        var orphan = scene with { View = scene.View with { Roles = scene.View.Roles.Clear() } };

        Assert.Equal(PlacementPhase.Releasing, orphan.Decided("orders").Phase);
    }

    [Fact]
    public void A_role_that_was_given_up_leaves_and_prefers_a_node_where_it_did_not_fail()
    {
        var scene = Of("a", "b").Role("orders", s => s with { PreferredOwners = [N("a")] }).OwnedBy("orders", "a").Says("orders", OnlineState.Failed, givenUp: true);

        var next = scene.Decided("orders");
        var moved = scene.Planned().Released("orders").Decided("orders");

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.ResourceFailure), (next.Phase, next.Kind));
        Assert.Equal(new FailureEntry(N("a"), Noon), Assert.Single(next.Failures));
        Assert.Equal((N("b"), ChangeKind.ResourceFailure, new Epoch(1, 2)), (moved.Owner!.Value, moved.Kind, moved.Epoch));
    }

    [Fact]
    public void A_status_of_an_older_epoch_says_nothing()
    {
        Of("a", "b").Role("orders").OwnedBy("orders", "a").Says("orders", OnlineState.Failed, givenUp: true).OwnedBy("orders", "a").StaysAsItIs("orders");
    }

    [Fact]
    public void With_one_possible_node_it_is_tried_there_until_the_budget_is_spent()
    {
        var scene = Of("a").Role("orders", s => s with { Failovers = new Budget(2, TimeSpan.FromHours(1)) }).Planned();
        for (var failure = 1; failure <= 2; failure++)
        {
            scene = scene.Says("orders", OnlineState.Failed, givenUp: true).Planned().Released("orders").Planned();
            Assert.Equal(PlacementPhase.Assigned, scene.PlacementOf("orders").Phase);
        }

        var failed = scene.Says("orders", OnlineState.Failed, givenUp: true).Planned().Released("orders").Planned();

        Assert.Equal((PlacementPhase.Failed, ChangeKind.BudgetSpent), (failed.PlacementOf("orders").Phase, failed.PlacementOf("orders").Kind));
        Assert.Equal("orders failed 3 times on a; 2 in 1 hour are allowed. At last, orders does not work on a: the test says so. Find the cause, then: holdfast role start orders", failed.WaitingOf("orders").Sentence);
        failed.After(TimeSpan.FromHours(2), "a").StaysAsItIs("orders");
    }

    [Fact]
    public void Failures_that_are_long_ago_do_not_count()
    {
        var scene = Of("a", "b").Role("orders", s => s with { Failovers = new Budget(1, 10 * Minute) }).OwnedBy("orders", "a")
            .Place("orders", p => p with { Failures = [new(N("a"), Noon - 11 * Minute)] }).Says("orders", OnlineState.Failed, givenUp: true);

        var moved = scene.Planned().Released("orders").Decided("orders");

        Assert.Equal((PlacementPhase.Assigned, 1), (moved.Phase, moved.Failures.Length));
    }

    [Fact]
    public void The_loss_of_a_node_spends_no_budget()
    {
        var scene = Of("a", "b").Role("orders", s => s with { Failovers = new Budget(0, Minute) }).OnlineOn("orders", "a", ChangeKind.ResourceFailure)
            .Place("orders", p => p with { Failures = [new(N("b"), Noon)] }).Lost("a");

        Assert.Equal((PlacementPhase.Assigned, N("b")), (scene.Decided("orders").Phase, scene.Decided("orders").Owner!.Value));
    }

    [Fact]
    public void A_role_leaving_because_it_failed_has_used_its_failover_even_if_the_node_is_lost_meanwhile()
    {
        var scene = Of("a", "b").Role("orders", s => s with { Failovers = new Budget(0, TimeSpan.FromHours(1)) }).OwnedBy("orders", "a").Says("orders", OnlineState.Failed, givenUp: true).Planned().Lost("a");

        Assert.Equal(PlacementPhase.Failed, scene.Decided("orders").Phase);
    }

    [Fact]
    public void A_failed_role_is_started_again_with_its_failures_forgotten()
    {
        var failed = Of("a").Role("orders").OwnedBy("orders", "a")
            .Place("orders", p => p with { Phase = PlacementPhase.Failed, Failures = [new(N("a"), Noon)], Kind = ChangeKind.BudgetSpent });

        var step = Planner.PlanRestartAfterFailure(failed.View, R("orders"), Noon);

        Assert.Equal((PlacementPhase.Released, true), (step.Next.Phase, step.Next.Failures.IsEmpty));
        Assert.Equal(PlacementPhase.Assigned, failed.Committed(step).Decided("orders").Phase);
    }

    [Fact]
    public void The_history_keeps_the_newest_decisions()
    {
        var scene = Of("a").Role("orders");
        for (var round = 0; round < 8; round++)
        {
            scene = scene.Role("orders", s => s with { Desired = DesiredState.Online }).Planned();
            scene = scene.Role("orders", s => s with { Desired = DesiredState.Offline }).Planned().Released("orders");
        }

        var history = scene.PlacementOf("orders").History;

        Assert.Equal(Placement.HistoryLength, history.Length);
        Assert.Equal((PlacementPhase.Releasing, new Epoch(1, 8)), (history[0].Phase, history[0].Epoch));
    }
}
