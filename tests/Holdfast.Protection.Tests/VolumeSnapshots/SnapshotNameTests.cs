using FsCheck;
using FsCheck.Fluent;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Tests.VolumeSnapshots;

public class SnapshotNameTests
{
    [Fact]
    public void A_name_says_whose_it_is() => Prop.ForAll(Gen.Elements("nightly", "a.b", "ü/x", "50%", " ").Three().ToArbitrary(), parts =>
    {
        var name = new SnapshotName(parts.Item1, parts.Item2, parts.Item3);
        return SnapshotName.TryParse(name.ToString(), out var read) && read == name && !name.ToString().Contains('/', StringComparison.Ordinal);
    }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("disk.img")]
    [InlineData(".holdfast")]
    [InlineData(".holdfast.job.run")]
    [InlineData(".holdfast.a.b.c.d")]
    [InlineData("x.holdfast.a.b.c")]
    public void Other_files_are_nobodys_snapshot(string text) => Assert.False(SnapshotName.TryParse(text, out _));

    [Fact]
    public void A_name_for_lvm_is_read_back()
    {
        var name = new SnapshotName("a.b", "7", "data").ToString();

        Assert.Equal(name, LvmSnapshots.NameFrom(LvmSnapshots.NameOf(SnapshotName.TryParse(name, out var parsed) ? parsed : null!)));
        Assert.DoesNotContain('%', LvmSnapshots.NameOf(parsed!));
    }

    [Fact]
    public void Logical_volumes_are_read_from_lvs()
    {
        var volumes = LvmSnapshots.LogicalVolume.ParseAll("""{"report":[{"lv":[{"vg_name":"vg0","lv_name":"root","segtype":"linear"},{"vg_name":"vg0","lv_name":"data","segtype":"thin"}]}],"log":[]}""");

        Assert.Equal([new("vg0", "root", false), new("vg0", "data", true)], volumes);
    }
}
