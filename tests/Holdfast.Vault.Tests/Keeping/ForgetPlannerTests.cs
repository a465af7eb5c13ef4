using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Keeping;

public class ForgetPlannerTests
{
    private static readonly KeepRules LastOne = new() { Last = 1 };

    [Fact]
    public void What_goes_to_the_trash_is_a_snapshot_still_and_remembers_where_it_comes_from()
    {
        var snapshot = Some.Snapshot(1, tags: "a");

        var trashed = ForgetPlanner.ToTrash(snapshot, Some.Noon.AddDays(7));

        Assert.Equal(Some.Noon.AddDays(7), trashed.DeleteAfter());
        Assert.Equal(snapshot.Id, trashed.LastingId);
        Assert.Equal(["a"], ForgetPlanner.FromTrash(trashed).Tags);
        Assert.Equal(Some.Noon.AddDays(9), ForgetPlanner.ToTrash(trashed, Some.Noon.AddDays(9)).DeleteAfter());
    }

    [Fact]
    public void The_trash_is_emptied_when_its_time_has_come_and_not_before()
    {
        var due = ForgetPlanner.ToTrash(Some.Snapshot(1), Some.Noon) with { Id = "due" };
        var waiting = ForgetPlanner.ToTrash(Some.Snapshot(2), Some.Noon.AddSeconds(1)) with { Id = "waiting" };
        var held = due with { Id = "held", Tags = [.. due.Tags, ReservedTags.Hold] };
        var garbled = due with { Id = "garbled", Tags = ["hf:delete-after=soon"] };

        var plan = ForgetPlanner.ByRules([due, waiting, held, garbled], SnapshotFilter.All, SnapshotGrouping.Default, LastOne, Some.Noon, TimeSpan.Zero);

        Assert.Equal([due], plan.Purge);
        Assert.Empty(plan.Forget);
        Assert.Empty(plan.Groups); // The trash does not count for the rules.
    }

    [Fact]
    public void Rules_apply_to_each_group_on_its_own()
    {
        Snapshot[] all = [Some.Snapshot(1, Some.Noon, "a"), Some.Snapshot(2, Some.Noon.AddDays(-1), "a"), Some.Snapshot(3, Some.Noon.AddDays(-2), "b")];

        var plan = ForgetPlanner.ByRules(all, SnapshotFilter.All, SnapshotGrouping.Default, LastOne, Some.Noon, TimeSpan.FromDays(7));

        Assert.Equal([all[1]], plan.Forget);
        Assert.Equal(Some.Noon.AddDays(7), plan.DeleteAfter);
        Assert.Empty(plan.Gone);
    }

    [Fact]
    public void A_held_snapshot_cannot_be_forgotten_by_name()
    {
        var held = Some.Snapshot(1, tags: ReservedTags.Hold);

        var error = Assert.Throws<HoldfastException>(() => ForgetPlanner.ByName([held], [held], Some.Noon, TimeSpan.Zero));

        Assert.Equal("snapshot.held", error.Code);
        Assert.Contains(held.ShortId, error.Message, StringComparison.Ordinal);
    }
}
