using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Nothing is begun for what is in maintenance, and it ends by itself.</summary>
public sealed class MaintenanceTests
{
    private static readonly Maintenance TwoHours = Maintenance.Begin(Noon, TimeSpan.FromHours(2), "new disk");

    private static readonly Scene Maintained = Of("a", "b").Role("orders", s => s with { PreferredOwners = [N("a"), N("b")], Failback = new(FailbackPolicy.AtOnce), Maintenance = TwoHours });

    [Fact]
    public void A_lost_owners_role_is_not_taken_over_and_the_reason_says_so()
    {
        var because = Maintained.OnlineOn("orders", "a").Lost("a").Planned().WaitingOf("orders");

        Assert.Equal("maintenance", because.Rule);
        Assert.Contains("its owner a was lost", because.Sentence, StringComparison.Ordinal);
        Assert.Contains("holdfast role maintenance orders --end", because.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_a_drain_a_stop_and_a_failback_move_nothing()
    {
        Maintained.OnlineOn("orders", "a").Says("orders", OnlineState.Failed, givenUp: true).StaysAsItIs("orders");
        Maintained.OnlineOn("orders", "a").Node("a", NodeIntent.Draining).StaysAsItIs("orders");
        Maintained.OnlineOn("orders", "a").Role("orders", s => s with { Desired = DesiredState.Offline }).StaysAsItIs("orders");
        Maintained.OnlineOn("orders", "b").StaysAsItIs("orders");
        Maintained.Role("orders", s => s with { PreferredOwners = [] }).OnlineOn("orders", "a").Role("echo").OnlineOn("echo", "a").StaysAsItIs("orders");
    }

    [Fact]
    public void A_role_that_is_as_it_shall_be_waits_for_nothing() => Assert.Empty(Maintained.OnlineOn("orders", "a").Plan().Waiting);

    [Fact]
    public void Other_roles_are_served_and_need_not_wait_for_its_tier()
    {
        var scene = Maintained.Role("echo", s => s with { StartTier = 1 });

        Assert.Equal("maintenance", scene.WaitingOf("orders").Rule);
        Assert.Equal(PlacementPhase.Assigned, scene.Decided("echo").Phase);
    }

    [Fact]
    public void The_clusters_maintenance_is_every_roles()
    {
        var scene = Of("a", "b").Role("orders").OnlineOn("orders", "a").Role("echo");
        scene = scene with { View = scene.View with { Settings = scene.View.Settings! with { Maintenance = TwoHours } } };

        Assert.Contains("holdfast cluster maintenance --end", scene.WaitingOf("echo").Sentence, StringComparison.Ordinal);
        scene.Lost("a").Planned().StaysAsItIs("orders");
    }

    [Fact]
    public void A_role_between_two_owners_when_it_began_still_arrives()
    {
        var moving = Maintained.OnlineOn("orders", "a").Place("orders", p => p with { Phase = PlacementPhase.Released, Kind = ChangeKind.PlannedMove, Target = N("b") });

        Assert.Equal(N("b"), moving.Decided("orders").Owner);
    }

    [Fact]
    public void It_ends_at_its_time_and_then_everything_left_undone_is_done()
    {
        var over = Maintained.OnlineOn("orders", "b").After(TimeSpan.FromHours(2), "a", "b");

        var end = Assert.Single(over.Plan().Steps.OfType<PlanStep.UpdateRole>());
        Assert.Equal("maintenance-ended", end.Because.Rule);
        Assert.Null(end.Next.Maintenance);
        Assert.Equal(ChangeKind.Failback, over.Decided("orders").Kind);
        Assert.Empty(over.Planned().Plan().Steps.OfType<PlanStep.UpdateRole>());
    }

    [Fact]
    public void It_reminds_at_each_quarter_of_its_time_and_once_only()
    {
        var scene = Maintained.OnlineOn("orders", "a");
        List<double> reminded = [];
        for (var minute = 0; minute < 120; minute++, scene = scene.After(TimeSpan.FromMinutes(1), "a", "b"))
        {
            if (scene.Plan().Steps.OfType<PlanStep.UpdateRole>().SingleOrDefault() is not { } step) continue;
            Assert.Equal("maintenance-reminder", step.Because.Rule);
            reminded.Add(minute);
            scene = scene.Planned();
        }

        Assert.Equal([30, 60, 90], reminded);
    }

    [Fact]
    public void What_is_asked_for_by_hand_is_refused_with_the_way_out()
    {
        var scene = Maintained.OnlineOn("orders", "a");

        var error = Assert.Throws<HoldfastException>(() => Planner.PlanMove(scene.View, scene.Seen, R("orders"), N("b")));
        Assert.Equal(("role.in-maintenance", ErrorKind.Conflict), (error.Code, error.Kind));
        Assert.Contains("--end", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_says_what_is_held_back()
    {
        var explanation = Planner.Explain(Maintained.OnlineOn("orders", "b").View, Maintained.Seen with { Leases = Maintained.Seen.Leases }, R("orders"));

        Assert.Contains(explanation.WouldChange, sentence => sentence.Contains("is in maintenance until 2026-03-01 14:00 UTC (new disk)", StringComparison.Ordinal));
        Assert.Contains(explanation.WouldChange, sentence => sentence.StartsWith("When the maintenance ends: orders goes back to a", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(60 * 24 * 31)]
    public void A_time_out_of_bounds_is_refused(double minutes) =>
        Assert.Equal("maintenance.invalid", Assert.Throws<HoldfastException>(() => Maintenance.Begin(Noon, TimeSpan.FromMinutes(minutes), null)).Code);
}
