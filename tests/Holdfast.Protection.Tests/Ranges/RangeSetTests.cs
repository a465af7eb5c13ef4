using FsCheck;
using FsCheck.Fluent;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Tests.Ranges;

public class RangeSetTests
{
    private const int Length = 64;

    private static readonly Arbitrary<RangeSet> Sets = Gen.Choose(0, Length - 1).Two().Select(pair => ByteRange.Between(Math.Min(pair.Item1, pair.Item2), Math.Max(pair.Item1, pair.Item2)))
        .ListOf().Select(RangeSet.Of).ToArbitrary();

    [Fact]
    public void Sets_of_ranges_behave_as_sets_of_bytes() => Prop.ForAll(Sets, Sets, (one, two) =>
    {
        var (a, b) = (Bytes(one), Bytes(two));
        return Bytes(one.Union(two)).SetEquals(a.Union(b))
            && Bytes(one.Intersect(two)).SetEquals(a.Intersect(b))
            && Bytes(one.Except(two)).SetEquals(a.Except(b))
            && Bytes(one.Complement(Length)).SetEquals(Enumerable.Range(0, Length).Except(a))
            && Bytes(one.Within(new(10, 20))).SetEquals(a.Where(at => at is >= 10 and < 30))
            && one.Overlaps(new(10, 20)) == a.Any(at => at is >= 10 and < 30)
            && one.TotalBytes == a.Count;
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Ranges_neither_touch_nor_overlap_and_are_in_order() => Prop.ForAll(Sets, Sets, (one, two) =>
    {
        var union = one.Union(two).Ranges.ToArray();
        return union.Zip(union.Skip(1)).All(pair => pair.First.End < pair.Second.Offset) && union.All(range => range.Length > 0);
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Alignment_takes_whole_blocks_and_ends_with_the_volume() => Prop.ForAll(Sets, set =>
        Bytes(set.AlignOutward(8, 60)).SetEquals(Enumerable.Range(0, 60).Where(at => Bytes(set).Any(there => there < 60 && there / 8 == at / 8)))).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Equal_sets_are_equal_however_they_were_made() =>
        Assert.Equal(RangeSet.Of([new(0, 10), new(20, 5)]), RangeSet.Of([new(22, 3), new(5, 5), new(0, 5), new(20, 2), new(7, 0)]));

    private static HashSet<int> Bytes(RangeSet set) => [.. set.Ranges.ToArray().SelectMany(range => Enumerable.Range((int)range.Offset, (int)range.Length))];
}
