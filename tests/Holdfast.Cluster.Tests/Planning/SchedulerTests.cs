using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Jobs are spread over nodes, and leave those that take no schedules.</summary>
public sealed class SchedulerTests
{
    [Fact]
    public void Jobs_leave_a_node_whose_scheduler_is_stopped_and_other_roles_stay()
    {
        var scene = Of("a", "b").Job("nightly").OnlineOn("nightly", "a").Role("orders").OnlineOn("orders", "a").SchedulerStopped("a");

        Assert.Equal(PlacementPhase.Releasing, scene.Decided("nightly").Phase);
        Assert.Equal(N("b"), scene.Planned().Released("nightly").Decided("nightly").Owner);
        scene.StaysAsItIs("orders");
    }

    [Fact]
    public void It_is_given_no_job_also_when_it_is_preferred_and_when_another_node_is_lost()
    {
        var scene = Of("a", "b", "c").SchedulerStopped("a").Job("fresh", s => s with { PreferredOwners = [N("a")] }).Job("lost").OnlineOn("lost", "b");

        Assert.NotEqual(N("a"), scene.Decided("fresh").Owner);
        Assert.Equal(N("c"), scene.Lost("b").Decided("lost").Owner);
    }

    [Fact]
    public void A_job_that_no_other_node_may_have_stays_and_says_why()
    {
        var scene = Of("a", "b").Job("pinned", s => s with { PossibleOwners = [N("a")] }).OnlineOn("pinned", "a").SchedulerStopped("a");

        Assert.Contains("the scheduler of a is stopped: new disks", scene.WaitingOf("pinned").Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Jobs_that_may_be_anywhere_are_spread_over_the_nodes()
    {
        var scene = Enumerable.Range(0, 9).Aggregate(Of("a", "b", "c"), (s, i) => s.Job($"j{i}"));

        Assert.Equal([3, 3, 3], scene.Plan().Steps.OfType<PlanStep.Place>().GroupBy(step => step.Next.Owner).Select(node => node.Count()));
    }
}
