using Holdfast.Vault.Copying;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Copying;

/// <summary>Three nodes and two shared volumes, which were all on node 1 at first.</summary>
public class SeedPlannerTests
{
    private static readonly string[] Nodes = ["node1", "node2", "node3"];
    private static readonly string[] Volumes = ["csv1", "csv2"];

    private static readonly Snapshot First = Backup(1, hour: 1, "node1", SnapshotType.Full, holds: Volumes, present: Volumes);
    private static readonly Snapshot Second = Backup(2, hour: 2, "node2", SnapshotType.Full, holds: [], present: []);
    private static readonly Snapshot Third = Backup(3, hour: 3, "node3", SnapshotType.Full, holds: [], present: []);
    private static readonly Snapshot Later = Backup(4, hour: 4, "node2", SnapshotType.Incremental, holds: ["csv2"], present: ["csv2"]);

    [Fact]
    public void A_seed_is_complete_with_a_base_of_each_node_and_each_volume()
    {
        var plan = SeedPlanner.Plan([Later, Third, Second, First], Nodes, Volumes);

        Assert.Empty(plan.Gaps);
        Assert.Equal([First, Second, Third], plan.Bases);
        Assert.Equal([First, Second, Third, Later], plan.Snapshots);
        Assert.Equal(First, plan.FirstWithAllVolumes);
        plan.RefuseIncomplete();
    }

    [Fact]
    public void A_node_that_was_never_backed_up_whole_is_named()
    {
        var plan = SeedPlanner.Plan([First, Second, Third with { Facts = Third.Facts with { Type = SnapshotType.Incremental } }], Nodes, Volumes);

        var error = Assert.Throws<HoldfastException>(plan.RefuseIncomplete);
        Assert.Equal("seed.incomplete", error.Code);
        Assert.Equal("The seed would be incomplete: node node3 has no complete backup.", error.Message);
    }

    [Fact]
    public void A_base_from_before_all_volumes_were_there_does_not_count()
    {
        var early = Second with { Time = First.Time.AddMinutes(-1) };

        var plan = SeedPlanner.Plan([early, First, Third], Nodes, Volumes);

        Assert.Equal([new SeedGap.NoBaseOfNode("node2", early)], plan.Gaps);
        Assert.Contains("is older than the first with all shared volumes", Assert.Throws<HoldfastException>(plan.RefuseIncomplete).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Volumes_that_were_never_present_together_are_refused()
    {
        var without = First with { Facts = First.Facts with { SharedVolumes = ["csv1"] } };

        var plan = SeedPlanner.Plan([without, Second, Third], Nodes, Volumes);

        Assert.Equal(["csv2"], Assert.IsType<SeedGap.NoBackupWithAllVolumes>(Assert.Single(plan.Gaps)).NeverSeen);
    }

    [Fact]
    public void A_volume_without_a_complete_backup_is_named_though_its_node_has_one()
    {
        var without = First with { Facts = First.Facts with { Volumes = ["csv1"] } };

        var plan = SeedPlanner.Plan([without, Second, Third, Later], Nodes, Volumes);

        Assert.Equal([new SeedGap.NoBaseOfVolume("csv2", null)], plan.Gaps);
    }

    [Fact]
    public void What_was_repaired_or_is_in_the_trash_is_no_base()
    {
        Assert.Equal([new SeedGap.NoBaseOfNode("node3", null)], SeedPlanner.Plan([First, Second, Third with { Tags = [ReservedTags.Repaired] }], Nodes, Volumes).Gaps);
        Assert.Equal([new SeedGap.NoBaseOfNode("node3", null)], SeedPlanner.Plan([First, Second, Third with { Tags = [ReservedTags.DeleteAfter(Some.Noon)] }], Nodes, Volumes).Gaps);
    }

    [Fact]
    public void A_newer_base_replaces_an_older_one()
    {
        var again = Backup(9, hour: 9, "node1", SnapshotType.Full, Volumes, Volumes);

        Assert.Equal([again, Second, Third], SeedPlanner.Plan([First, Second, Third, again], Nodes, Volumes).Bases);
    }

    private static Snapshot Backup(int number, int hour, string node, SnapshotType type, string[] holds, string[] present) =>
        Some.Snapshot(number, Some.Noon.AddHours(hour), node) with { Facts = new() { Type = type, Node = node, Volumes = holds, SharedVolumes = present } };
}
