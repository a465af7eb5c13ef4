using System.Runtime.InteropServices;

namespace Holdfast.Protection.Ranges;

/// <summary>A set of bytes: ranges in order that neither touch nor overlap. Immutable.</summary>
public sealed class RangeSet : IEquatable<RangeSet>
{
    private readonly ByteRange[] _ranges;

    private RangeSet(ByteRange[] ranges)
    {
        _ranges = ranges;
        foreach (var range in ranges) TotalBytes += range.Length;
    }

    /// <summary>Gets the set without a byte.</summary>
    public static RangeSet Empty { get; } = new([]);

    /// <summary>Gets the ranges, in order.</summary>
    public ReadOnlySpan<ByteRange> Ranges => _ranges;

    /// <summary>Gets how many bytes are in it.</summary>
    public long TotalBytes { get; }

    /// <summary>Gets whether it has no byte.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Every byte of something that long.</summary>
    public static RangeSet All(long length) => length == 0 ? Empty : new([new(0, length)]);

    /// <summary>The bytes that are in any of some ranges, whatever their order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A range is negative.</exception>
    public static RangeSet Of(IEnumerable<ByteRange> ranges)
    {
        var sorted = ranges.Where(range => range.Length != 0).ToArray();
        foreach (var range in sorted)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(range.Offset, nameof(ranges));
            ArgumentOutOfRangeException.ThrowIfNegative(range.Length, nameof(ranges));
        }

        Array.Sort(sorted, static (one, other) => one.Offset.CompareTo(other.Offset));
        var builder = new Builder();
        foreach (var range in sorted) builder.Add(range.Offset, range.End);
        return builder.Build();
    }

    /// <summary>The bytes in either.</summary>
    public RangeSet Union(RangeSet other) => Of([.. _ranges, .. other._ranges]);

    /// <summary>The bytes in both.</summary>
    public RangeSet Intersect(RangeSet other)
    {
        var builder = new Builder();
        for (int i = 0, j = 0; i < _ranges.Length && j < other._ranges.Length;)
        {
            var (one, two) = (_ranges[i], other._ranges[j]);
            builder.Add(Math.Max(one.Offset, two.Offset), Math.Min(one.End, two.End));
            if (one.End < two.End) i++;
            else j++;
        }

        return builder.Build();
    }

    /// <summary>The bytes of this set that are not in the other.</summary>
    public RangeSet Except(RangeSet other) => IsEmpty ? Empty : Intersect(other.Complement(_ranges[^1].End));

    /// <summary>The bytes before <paramref name="length"/> that are not in it.</summary>
    public RangeSet Complement(long length)
    {
        var builder = new Builder();
        var position = 0L;
        foreach (var range in _ranges)
        {
            builder.Add(position, Math.Min(range.Offset, length));
            position = range.End;
        }

        builder.Add(position, length);
        return builder.Build();
    }

    /// <summary>Every block of which it has a byte, whole; the last one ends with the volume.</summary>
    public RangeSet AlignOutward(int blockSize, long length)
    {
        var builder = new Builder();
        foreach (var range in _ranges)
        {
            if (range.Offset >= length) break;
            builder.Add(range.Offset / blockSize * blockSize, Math.Min((range.End + blockSize - 1) / blockSize * blockSize, length));
        }

        return builder.Build();
    }

    /// <summary>Its bytes within one range.</summary>
    public RangeSet Within(ByteRange bounds)
    {
        var builder = new Builder();
        for (var i = FirstEndingAfter(bounds.Offset); i < _ranges.Length && _ranges[i].Offset < bounds.End; i++)
        {
            builder.Add(Math.Max(_ranges[i].Offset, bounds.Offset), Math.Min(_ranges[i].End, bounds.End));
        }

        return builder.Build();
    }

    /// <summary>Whether it has any byte of a range.</summary>
    public bool Overlaps(ByteRange range)
    {
        var i = FirstEndingAfter(range.Offset);
        return range.Length > 0 && i < _ranges.Length && _ranges[i].Offset < range.End;
    }

    /// <inheritdoc/>
    public bool Equals(RangeSet? other) => other is not null && Ranges.SequenceEqual(other.Ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RangeSet);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_ranges.Length, TotalBytes);

    /// <inheritdoc/>
    public override string ToString() => IsEmpty ? "nothing" : string.Join(", ", _ranges.Take(8)) + (_ranges.Length > 8 ? ", …" : "");

    private int FirstEndingAfter(long offset)
    {
        var (low, high) = (0, _ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_ranges[middle].End > offset) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    private ref struct Builder()
    {
        private readonly List<ByteRange> _ranges = [];

        // Given in the order of their beginnings.
        public readonly void Add(long start, long end)
        {
            if (end <= start) return;
            var ranges = CollectionsMarshal.AsSpan(_ranges);
            if (ranges.Length > 0 && ranges[^1].End >= start) ranges[^1] = ByteRange.Between(ranges[^1].Offset, Math.Max(ranges[^1].End, end));
            else _ranges.Add(ByteRange.Between(start, end));
        }

        public readonly RangeSet Build() => _ranges.Count == 0 ? Empty : new([.. _ranges]);
    }
}
