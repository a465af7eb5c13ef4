using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Tests.Snapshots;

public class SnapshotChoiceTests
{
    private static readonly Snapshot Old = Some.Snapshot(1, Some.Noon.AddDays(-2), "web1", "a");
    private static readonly Snapshot New = Some.Snapshot(2, Some.Noon.AddDays(-1), "web2", "a", "b");
    private static readonly Snapshot Trashed = Some.Snapshot(3, Some.Noon, "web1", ReservedTags.DeleteAfter(Some.Noon.AddDays(9)));
    private static readonly Snapshot[] All = [New, Trashed, Old];

    [Fact]
    public void Latest_is_the_newest_that_fits_and_never_one_in_the_trash()
    {
        Assert.Equal(New, SnapshotChoice.Parse("latest").Find(All, SnapshotFilter.All));
        Assert.Equal(Old, SnapshotChoice.Parse("latest").Find(All, new() { Hosts = ["web1"] }));
    }

    [Fact]
    public void An_id_names_a_snapshot_in_the_trash_too()
    {
        Assert.Equal(Trashed, SnapshotChoice.Parse(Trashed.ShortId).Find(All, new() { Hosts = ["elsewhere"] }));
    }

    [Fact]
    public void A_path_follows_a_colon()
    {
        Assert.Equal(new SnapshotChoice("latest", "/srv/a:b"), SnapshotChoice.Parse("latest:/srv/a:b"));
    }

    [Fact]
    public void Unknown_and_ambiguous_names_are_refused()
    {
        var twin = Old with { Id = Old.Id[..10] + new string('0', 54) };

        Assert.Equal("snapshot.not-found", Assert.Throws<HoldfastException>(() => SnapshotChoice.Parse("zz").Find(All, SnapshotFilter.All)).Code);
        Assert.Equal("snapshot.not-found", Assert.Throws<HoldfastException>(() => SnapshotChoice.Parse("").Find(All, SnapshotFilter.All)).Code);
        Assert.Equal("snapshot.not-found", Assert.Throws<HoldfastException>(() => SnapshotChoice.Parse("latest").Find(All, new() { Hosts = ["web9"] })).Code);
        Assert.Equal("snapshot.ambiguous", Assert.Throws<HoldfastException>(() => SnapshotChoice.Parse(Old.Id[..10]).Find([.. All, twin], SnapshotFilter.All)).Code);
    }

    [Fact]
    public void One_list_of_tags_must_be_there_whole()
    {
        Assert.True(new SnapshotFilter { TagLists = [["x"], ["a", "b"]] }.Matches(New));
        Assert.False(new SnapshotFilter { TagLists = [["x"], ["a", "b"]] }.Matches(Old));
        Assert.True(new SnapshotFilter { TagLists = [[""]] }.Matches(Old with { Tags = [] }));
        Assert.False(new SnapshotFilter { TagLists = [[""]] }.Matches(Old));
    }

    [Fact]
    public void Groups_do_not_depend_on_the_order_of_paths_or_on_a_hold()
    {
        var one = Old with { Paths = ["/a", "/b"], Tags = ["t", ReservedTags.Hold] };
        var two = Old with { Paths = ["/b", "/a"], Tags = ["t"], Time = Some.Noon };

        var group = Assert.Single(SnapshotGrouping.Parse("host,paths,tags").Group([one, two]));

        Assert.Equal([two, one], group.Snapshots);
        Assert.Equal("host web1; paths /a, /b; tags t", group.Key.ToString());
        Assert.Equal("snapshot.bad-grouping", Assert.Throws<HoldfastException>(() => SnapshotGrouping.Parse("colour")).Code);
    }

    [Fact]
    public void Setting_tags_leaves_a_hold_in_place()
    {
        Assert.Equal(["new", ReservedTags.Hold], new TagChange { Set = ["new"] }.Apply(["old", ReservedTags.Hold]));
        Assert.Equal([ReservedTags.Hold], new TagChange { Set = [""] }.Apply(["old", ReservedTags.Hold]));
        Assert.Equal(["old"], new TagChange { Remove = [ReservedTags.Hold] }.Apply(["old", ReservedTags.Hold]));
        Assert.Null(new TagChange { Add = ["a"] }.Apply(Old));
    }
}
