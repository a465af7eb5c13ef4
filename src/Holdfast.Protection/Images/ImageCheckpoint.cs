using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>How far a backup has come: everything before the cursor but the pending ranges is in the vault.</summary>
/// <remarks>It points to an image in the vault, so it stays small whatever the volume: to resume is to back up with that image as the parent and what is left as the changes.</remarks>
public sealed record ImageCheckpoint
{
    /// <summary>Gets the tree of the image as far as it is, 64 hexadecimal digits.</summary>
    public required string Tree { get; init; }

    /// <summary>Gets which state of the volume was read: to go on with another one would mix two.</summary>
    public required string Source { get; init; }

    /// <summary>Gets where reading had come to.</summary>
    public required long Cursor { get; init; }

    /// <summary>Gets what before the cursor was not stored yet.</summary>
    public required IReadOnlyList<ByteRange> Pending { get; init; }

    /// <summary>Gets where the map of changed blocks was found wrong so far.</summary>
    public IReadOnlyList<ByteRange> Mismatches { get; init; } = [];

    /// <summary>What is left to do.</summary>
    /// <param name="changed">What the backup had to look at from the beginning.</param>
    /// <param name="length">The length of the image in bytes.</param>
    public RangeSet Remaining(RangeSet changed, long length) =>
        changed.Within(ByteRange.Between(Cursor, Math.Max(Cursor, length))).Union(RangeSet.Of(Pending));
}
