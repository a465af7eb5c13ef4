using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.ChangedBlocks;

/// <summary>What may differ between two states of a file, from where they are on the disk.</summary>
/// <remarks>
/// Only two claims of being unchanged are made: both states have a hole there, or both have the same blocks of the disk and the file system says of both that they are
/// shared. A shared block is never written in place, so as long as both states exist it holds what it held when the second was taken. Everything else is changed:
/// extents in doubt, and also extents that were moved by a defragmentation, which costs a read and nothing more. docs/design/volumes.md has the whole argument.
/// </remarks>
public static class ExtentComparison
{
    // Merged and Last speak of the answer, not of the content.
    private const ExtentFlags Harmless = ExtentFlags.Last | ExtentFlags.Merged;

    /// <summary>What may differ.</summary>
    /// <param name="before">The extents of the earlier state, in any order.</param>
    /// <param name="after">The extents of the later one, in any order.</param>
    /// <param name="length">The length of the later one, in bytes.</param>
    public static RangeSet Changed(IReadOnlyList<Extent> before, IReadOnlyList<Extent> after, long length)
    {
        var holes = RangeOf(before).Complement(length).Intersect(RangeOf(after).Complement(length));
        return RangeSet.All(length).Except(holes.Union(Shared(before, after)));
    }

    private static RangeSet RangeOf(IReadOnlyList<Extent> extents) => RangeSet.Of(extents.Select(extent => new ByteRange(extent.Logical, extent.Length)));

    private static RangeSet Shared(IReadOnlyList<Extent> before, IReadOnlyList<Extent> after)
    {
        var (one, two) = (Sorted(before), Sorted(after));
        var same = new List<ByteRange>();
        for (int i = 0, j = 0; i < one.Length && j < two.Length;)
        {
            var (a, b) = (one[i], two[j]);
            var (start, end) = (Math.Max(a.Logical, b.Logical), Math.Min(a.End, b.End));
            if (end > start && IsSteady(a) && IsSteady(b) && a.Physical + (start - a.Logical) == b.Physical + (start - b.Logical)) same.Add(ByteRange.Between(start, end));
            if (a.End < b.End) i++;
            else j++;
        }

        return RangeSet.Of(same);
    }

    private static bool IsSteady(Extent extent) => (extent.Flags & ~Harmless) == ExtentFlags.Shared;

    private static Extent[] Sorted(IReadOnlyList<Extent> extents)
    {
        var sorted = extents.ToArray();
        Array.Sort(sorted, static (one, other) => one.Logical.CompareTo(other.Logical));
        return sorted;
    }
}
