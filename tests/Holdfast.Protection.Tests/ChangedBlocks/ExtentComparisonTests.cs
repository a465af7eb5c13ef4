using FsCheck;
using FsCheck.Fluent;
using Holdfast.Protection.ChangedBlocks;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Tests.ChangedBlocks;

public class ExtentComparisonTests
{
    private const ExtentFlags Shared = ExtentFlags.Shared;

    [Fact]
    public void The_same_shared_blocks_are_unchanged_however_they_are_cut() =>
        Assert.Equal(RangeSet.Empty, Changed([new(0, 1000, 300, Shared)], [new(0, 1000, 100, Shared), new(100, 1100, 200, Shared | ExtentFlags.Last)], 300));

    [Fact]
    public void Other_blocks_are_changed() =>
        Assert.Equal(RangeSet.Of([new(100, 50)]), Changed([new(0, 1000, 300, Shared)], [new(0, 1000, 100, Shared), new(100, 5000, 50, Shared), new(150, 1150, 150, Shared)], 300));

    [Fact]
    public void A_hole_in_both_is_unchanged_and_in_one_is_changed() =>
        Assert.Equal(RangeSet.Of([new(0, 100), new(200, 100)]), Changed([new(0, 1000, 100, Shared)], [new(200, 1000, 100, Shared)], 400));

    [Theory]
    [InlineData(ExtentFlags.None)] // Nobody else has it, so it may have been written in place.
    [InlineData(ExtentFlags.Shared | ExtentFlags.Unknown)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.DelayedAllocation)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.Encoded)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.Encrypted)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.NotAligned)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.Inline)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.TailPacked)]
    [InlineData(ExtentFlags.Shared | ExtentFlags.Unwritten)]
    [InlineData(ExtentFlags.Shared | (ExtentFlags)0x10000)] // A flag that a later kernel may have.
    public void An_extent_in_doubt_is_changed_on_either_side(ExtentFlags flags)
    {
        Assert.Equal(RangeSet.All(100), Changed([new(0, 1000, 100, flags)], [new(0, 1000, 100, Shared)], 100));
        Assert.Equal(RangeSet.All(100), Changed([new(0, 1000, 100, Shared)], [new(0, 1000, 100, flags)], 100));
    }

    [Fact]
    public void What_is_said_to_be_unchanged_is_whatever_was_written_moved_freed_and_used_again() => Prop.ForAll(Steps(), steps =>
    {
        var disk = new CopyOnWriteDisk(blocks: 40, fileBlocks: 12);
        disk.Clone("image", "before");
        foreach (var step in steps) disk.Apply(step);
        disk.Clone("image", "after");
        var (before, after) = (disk.ContentOf("before"), disk.ContentOf("after"));

        var changed = Changed(disk.ExtentsOf("before"), disk.ExtentsOf("after"), 12);

        return Enumerable.Range(0, 12).All(block => before[block] == after[block] || changed.Overlaps(new(block, 1)));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Without_the_earlier_state_the_map_would_lie()
    {
        // Why a kept state must still exist: its blocks are freed, and the image gets the same ones back with other content.
        var disk = new CopyOnWriteDisk(blocks: 2, fileBlocks: 1);
        disk.Apply(new(CopyOnWriteDisk.Act.Write, 0));
        disk.Clone("image", "before");
        var (extents, content) = (disk.ExtentsOf("before"), disk.ContentOf("before"));
        disk.Remove("before");
        disk.Apply(new(CopyOnWriteDisk.Act.Write, 0));
        disk.Clone("image", "after");

        Assert.NotEqual(content, disk.ContentOf("after"));
        Assert.Equal(RangeSet.Empty, Changed(extents, disk.ExtentsOf("after"), 1));
    }

    private static RangeSet Changed(Extent[] before, Extent[] after, long length) => ExtentComparison.Changed(before, after, length);

    private static Arbitrary<CopyOnWriteDisk.Step[]> Steps() =>
        Gen.Zip(Gen.Elements(Enum.GetValues<CopyOnWriteDisk.Act>()), Gen.Choose(0, 11)).Select(pair => new CopyOnWriteDisk.Step(pair.Item1, pair.Item2)).ArrayOf().ToArbitrary();
}
