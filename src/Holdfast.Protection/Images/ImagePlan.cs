using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>What a backup does with each blob of an image: read it, take it from the parent, or know that it is zero. Every blob is in exactly one of the three.</summary>
public sealed record ImagePlan
{
    private ImagePlan()
    {
    }

    /// <summary>Gets how the image is cut.</summary>
    public required ImageLayout Layout { get; init; }

    /// <summary>Gets what is read, whole blobs.</summary>
    public required RangeSet Read { get; init; }

    /// <summary>Gets what is zero without being read: holes, and blocks that the file system has free.</summary>
    public required RangeSet Zero { get; init; }

    /// <summary>Gets what is as it was in the parent.</summary>
    public required RangeSet Kept { get; init; }

    /// <summary>Decides.</summary>
    /// <param name="length">The image's length now, in bytes.</param>
    /// <param name="data">Where it may hold something other than zeroes.</param>
    /// <param name="changed">What may differ from the parent; null when that is not known.</param>
    /// <param name="parent">How the parent is cut; null without one.</param>
    /// <param name="first">How an image without a parent is cut; null to choose by its length.</param>
    public static ImagePlan Make(long length, RangeSet data, RangeSet? changed, ImageLayout? parent, ImageLayout? first = null)
    {
        var layout = (parent ?? first ?? ImageLayout.For(length)) with { Length = length };
        var all = RangeSet.All(length);
        var look = parent is null || changed is null ? all : changed.Union(Moved(length, parent)).AlignOutward(layout.BlobSize, length);
        var used = data.AlignOutward(layout.BlobSize, length);
        return new() { Layout = layout, Read = look.Intersect(used), Zero = look.Except(used), Kept = all.Except(look) };
    }

    /// <summary>What a change of length changes: the blob in which the shorter of the two ends, and what comes after it.</summary>
    private static RangeSet Moved(long length, ImageLayout parent)
    {
        if (length == parent.Length) return RangeSet.Empty;
        var border = Math.Min(length, parent.Length) / parent.BlobSize * parent.BlobSize;
        return RangeSet.All(length).Within(ByteRange.Between(border, Math.Max(border, length)));
    }
}
