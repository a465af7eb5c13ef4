using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

public sealed class NodeLossTests
{
    private static readonly Scene OrdersOnA = Of("a", "b", "c").Role("orders").OnlineOn("orders", "a");

    [Fact]
    public void A_silent_owner_keeps_its_role_until_duration_and_margin_have_passed()
    {
        var scene = OrdersOnA.AfterMilliseconds(826, "b", "c");

        Assert.Empty(scene.Plan().Steps);
        Assert.Equal(TimeSpan.FromMilliseconds(1), scene.Plan().LookAgainIn);
    }

    [Fact]
    public void A_lost_owner_is_ended_and_its_role_given_away_in_one_plan()
    {
        var scene = OrdersOnA.AfterMilliseconds(834, "b", "c");
        var lease = scene.View.Leases[N("a")];

        var plan = scene.Plan();

        var end = Assert.IsType<PlanStep.EndLease>(plan.Steps[0]);
        Assert.Equal((LeaseState.Ended, false, lease.Revision), (end.Next.State, end.Next.EndedClean, end.JudgedRevision));
        var place = Assert.IsType<PlanStep.Place>(Assert.Single(plan.Steps.Skip(1), step => step is not PlanStep.UpdateNode));
        Assert.Equal((PlacementPhase.Assigned, N("b"), 1L, new Epoch(1, 2), ChangeKind.NodeLost),
            (place.Next.Phase, place.Next.Owner!.Value, place.Next.OwnerIncarnation, place.Next.Epoch, place.Next.Kind));
        Assert.Equal(new JudgedLease(N("a"), lease.Revision), place.LostOwner);
        Assert.Equal(scene.View.Placements[R("orders")].Revision, place.JudgedRevision);
        Assert.Contains($"lease revision {lease.Revision} of a not renewed for 834 ms, 700 ms + 127 ms needed", place.Because.Evidence);
        Assert.Equal(place.Because, place.Next.History[0].Because);
    }

    [Fact]
    public void The_duration_and_margin_of_the_record_count_not_those_of_the_observer()
    {
        var scene = OrdersOnA.Lease("a", l => l with { Duration = TimeSpan.FromSeconds(6), Margin = TimeSpan.FromSeconds(1) }).Observed("a");

        Assert.Empty(scene.AfterMilliseconds(6999, "b", "c").Plan().Steps);
        Assert.NotEmpty(scene.AfterMilliseconds(7000, "b", "c").Plan().Steps);
    }

    [Fact]
    public void Only_what_both_clocks_agree_on_counts()
    {
        var scene = OrdersOnA.AfterMilliseconds(800, "b", "c");
        var slewed = scene with { Seen = scene.Seen with { Now = scene.Seen.Now with { Boot = scene.Seen.Now.Boot + TimeSpan.FromSeconds(9) } } };

        Assert.Empty(slewed.Plan().Steps);
    }

    [Fact]
    public void A_revision_that_was_not_received_yet_is_not_counted()
    {
        var renewedUnseen = OrdersOnA.Lease("a", l => l with { Nonce = "later" }).AfterMilliseconds(5000, "b", "c");

        Assert.Empty(renewedUnseen.Plan().Steps);
    }

    [Fact]
    public void A_condemned_lease_is_ended_only_after_duration_and_margin()
    {
        var condemned = OrdersOnA.Lease("a", l => l with { State = LeaseState.Closing }).Observed("a");

        Assert.Empty(condemned.AfterMilliseconds(826, "b", "c").Plan().Steps);
        Assert.Equal(N("b"), condemned.AfterMilliseconds(827, "b", "c").Decided("orders").Owner);
    }

    [Fact]
    public void An_ended_lease_frees_the_role_without_waiting()
    {
        var scene = OrdersOnA.Lease("a", l => l with { State = LeaseState.Ended, EndedClean = true });

        Assert.Equal(N("b"), scene.Decided("orders").Owner);
        Assert.Empty(scene.Plan().Steps.OfType<PlanStep.EndLease>());
    }

    [Fact]
    public void A_greater_incarnation_of_the_owner_inherits_nothing_but_may_be_given_the_role_anew()
    {
        var back = Of("a").Role("orders").OnlineOn("orders", "a").Lease("a", l => l with { Incarnation = 2 }).Observed("a");

        var next = back.Decided("orders");

        Assert.Equal((N("a"), 2L, new Epoch(1, 2)), (next.Owner!.Value, next.OwnerIncarnation, next.Epoch));
    }

    [Fact]
    public void An_older_incarnation_in_the_lease_proves_nothing()
    {
        var scene = OrdersOnA.Place("orders", p => p with { OwnerIncarnation = 5 }).Lost("a");

        scene.StaysAsItIs("orders");
    }

    [Fact]
    public void A_deleted_lease_record_proves_nothing()
    {
        var scene = OrdersOnA with { View = OrdersOnA.View with { Leases = OrdersOnA.View.Leases.Remove(N("a")) } };

        scene.AfterMilliseconds(5000, "b", "c").StaysAsItIs("orders");
    }

    [Fact]
    public void A_role_that_was_leaving_a_lost_node_goes_to_its_target()
    {
        var scene = OrdersOnA.Place("orders", p => p with { Phase = PlacementPhase.Releasing, Kind = ChangeKind.PlannedMove, Target = N("c") }).Lost("a");

        Assert.Equal((N("c"), ChangeKind.NodeLost), (scene.Decided("orders").Owner!.Value, scene.Decided("orders").Kind));
    }

    [Fact]
    public void Releasing_is_only_its_live_owners_to_finish()
    {
        OrdersOnA.Place("orders", p => p with { Phase = PlacementPhase.Releasing, Kind = ChangeKind.Stop }).AfterMilliseconds(826, "b", "c").StaysAsItIs("orders");
    }

    [Fact]
    public void A_role_that_nobody_can_take_stays_as_it_is_and_says_why()
    {
        var scene = OrdersOnA.Node("b", NodeIntent.Paused).Role("orders", s => s with { PossibleOwners = [N("a"), N("b")] }).Lost("a");

        var because = scene.WaitingOf("orders");

        Assert.Equal("no-candidate", because.Rule);
        Assert.Contains("b is paused", because.Evidence);
        Assert.Contains("c is not a possible owner of this role", because.Evidence);
    }

    [Fact]
    public void A_node_that_is_late_is_not_chosen()
    {
        var scene = OrdersOnA.AfterMilliseconds(827 - 350).Renewed("c").AfterMilliseconds(350, "c");
        Assert.Equal(N("c"), scene.Decided("orders").Owner);

        var allLate = OrdersOnA.AfterMilliseconds(827 - 350, "b", "c").AfterMilliseconds(350);
        Assert.Equal("no-candidate", allLate.WaitingOf("orders").Rule);
    }

    [Theory]
    [InlineData(NodeIntent.Evicted, NodeKind.Member, "b was evicted")]
    [InlineData(NodeIntent.Active, NodeKind.Witness, "b is a witness and hosts no roles")]
    [InlineData(NodeIntent.Draining, NodeKind.Member, "b is being drained")]
    [InlineData(NodeIntent.Active, NodeKind.Client, "b is a client machine, which is given only its own jobs")]
    public void A_node_that_may_not_host_is_not_chosen(NodeIntent intent, NodeKind kind, string why)
    {
        var scene = Of("a", "b").Role("orders").OnlineOn("orders", "a").Node("b", intent, kind).Lost("a");

        Assert.Contains(why, scene.WaitingOf("orders").Evidence);
    }

    [Fact]
    public void A_lease_without_a_node_record_hosts_nothing()
    {
        var scene = Of("a").Renewed("stranger").Role("orders").OnlineOn("orders", "a").Lost("a");

        Assert.Contains("stranger is not a node of this cluster", scene.WaitingOf("orders").Evidence);
    }

    [Fact]
    public void A_role_on_an_unprotected_disk_waits_for_a_word_when_its_owner_fell_silent()
    {
        var scene = OrdersOnA.Role("orders", s => s with { NeedsConfirmedEnd = true }).Lost("a");

        var because = scene.WaitingOf("orders");
        var ended = scene.Planned();

        Assert.Equal("unconfirmed-end", because.Rule);
        Assert.Contains("holdfast node confirm-down a", because.Sentence, StringComparison.Ordinal);
        Assert.Equal("unconfirmed-end", ended.WaitingOf("orders").Rule);
        Assert.Equal(N("b"), ended.Lease("a", l => l with { ConfirmedDown = true }).Decided("orders").Owner);
        Assert.Equal(N("b"), ended.Lease("a", l => l with { EndedClean = true }).Decided("orders").Owner);
    }

    [Fact]
    public void A_node_that_came_back_has_confirmed_its_own_end()
    {
        var scene = OrdersOnA.Role("orders", s => s with { NeedsConfirmedEnd = true }).Lost("a").Planned()
            .Lease("a", l => l with { Incarnation = 2, State = LeaseState.Live }).Observed("a");

        Assert.Equal(PlacementPhase.Assigned, scene.Decided("orders").Phase);
    }

    [Fact]
    public void A_stopped_role_of_a_lost_owner_is_released_but_not_when_a_word_is_missing()
    {
        var stopped = OrdersOnA.Role("orders", s => s with { Desired = DesiredState.Offline }).Lost("a");

        Assert.Equal((PlacementPhase.Released, new Epoch(1, 1)), (stopped.Decided("orders").Phase, stopped.Decided("orders").Epoch));
        Assert.Equal("unconfirmed-end", stopped.Role("orders", s => s with { NeedsConfirmedEnd = true }).WaitingOf("orders").Rule);
    }

    [Fact]
    public void An_empty_node_that_falls_silent_is_ended_too()
    {
        Assert.IsType<PlanStep.EndLease>(Assert.Single(Of("a", "b").Lost("b").Plan().Steps));
    }
}
