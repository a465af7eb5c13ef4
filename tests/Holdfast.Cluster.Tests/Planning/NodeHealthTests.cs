using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>A node on which something runs out gives its roles away while it can.</summary>
public sealed class NodeHealthTests
{
    private static readonly HealthLimits Limits = new() { Store = TimeSpan.FromMilliseconds(350) };

    private static readonly HealthSample Well = new(600 << 20, 1000 << 20, 4L << 30, 8L << 30, TimeSpan.FromMilliseconds(5));

    private static readonly Scene OnA = Of("a", "b", "c").Role("orders").OnlineOn("orders", "a");

    [Fact]
    public void A_role_leaves_for_a_node_that_is_well()
    {
        var next = OnA.Unwell("a").Unwell("b").Decided("orders");

        Assert.Equal((PlacementPhase.Releasing, ChangeKind.NodeUnhealthy, N("c")), (next.Phase, next.Kind, next.Target!.Value));
        Assert.Contains("a runs out of disk", next.History[0].Because.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void It_stays_when_no_node_is_well_and_says_what_it_waits_for()
    {
        var scene = OnA.Unwell("a").Unwell("b").Node("c", NodeIntent.Paused);

        scene.StaysAsItIs("orders");
        Assert.Contains(Planner.Explain(scene.View, scene.Seen, R("orders")).WouldChange, sentence => sentence.Contains("it moves as soon as a node that is well can take it", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unwell_node_is_given_a_role_only_when_no_other_can_take_it()
    {
        Assert.Equal(N("b"), OnA.Unwell("c").Lost("a").Role("orders", s => s with { PreferredOwners = [N("c")] }).Decided("orders").Owner);
        Assert.Equal(N("c"), OnA.Unwell("c").Node("b", NodeIntent.Paused).Lost("a").Decided("orders").Owner);
    }

    [Fact]
    public void It_goes_back_only_when_the_node_is_well_again()
    {
        var home = OnA.Role("orders", s => s with { PreferredOwners = [N("a"), N("b")], Failback = new(FailbackPolicy.AtOnce) }).OnlineOn("orders", "b", ChangeKind.NodeUnhealthy);

        home.Unwell("a").StaysAsItIs("orders");
        Assert.Equal(ChangeKind.Failback, home.Unwell("a", unwell: false).Decided("orders").Kind);
    }

    [Theory]
    [InlineData(HealthConcern.Disk)]
    [InlineData(HealthConcern.Memory)]
    [InlineData(HealthConcern.Store)]
    public void Something_that_runs_out_is_a_problem_after_some_looks_and_none_after_more(HealthConcern concern)
    {
        var judge = Looks(new HealthJudge(), Bad(concern), Limits.LooksUntilUnwell - 1);
        Assert.Empty(judge.Problems);

        judge = Looks(judge, Bad(concern), 1);
        Assert.Equal(concern, Assert.Single(judge.Problems).Concern);
        judge = Looks(judge, Well, Limits.LooksUntilWell - 1);
        Assert.Single(judge.Problems);
        Assert.Empty(Looks(judge, Well, 1).Problems);
    }

    [Fact]
    public void One_good_look_between_bad_ones_begins_the_count_again()
    {
        var judge = Looks(Looks(Looks(new HealthJudge(), Bad(HealthConcern.Disk), 3), Well, 1), Bad(HealthConcern.Disk), 3);

        Assert.Empty(judge.Problems);
    }

    [Fact]
    public void What_hovers_at_the_limit_does_not_come_and_go()
    {
        var judge = Looks(new HealthJudge(), Bad(HealthConcern.Disk), 10);

        judge = Looks(judge, Well with { DiskFree = 60 << 20 }, 100); // 6 %: more than the limit, less than half as much again.

        Assert.Single(judge.Problems);
    }

    [Fact]
    public void A_gibibyte_is_enough_disk_however_large_it_is() =>
        Assert.Empty(Looks(new HealthJudge(), Well with { DiskFree = 2L << 30, DiskSize = 4L << 40 }, 10).Problems);

    [Fact]
    public void What_could_not_be_read_is_no_problem() =>
        Assert.Empty(Looks(new HealthJudge(), new HealthSample(0, 0, 0, 0, null), 10).Problems);

    private static HealthSample Bad(HealthConcern concern) => concern switch
    {
        HealthConcern.Disk => Well with { DiskFree = 30 << 20 },
        HealthConcern.Memory => Well with { MemoryFree = 100 << 20 },
        _ => Well with { StoreTook = TimeSpan.FromMilliseconds(400) },
    };

    private static HealthJudge Looks(HealthJudge judge, HealthSample sample, int count) => Enumerable.Range(0, count).Aggregate(judge, (j, _) => j.Look(sample, Limits));
}
