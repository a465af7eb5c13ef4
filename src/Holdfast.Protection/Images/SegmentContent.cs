using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>Between the blobs of a segment, one id each and none where it is zero, and the content list of its file, where long runs of zeroes are one blob.</summary>
internal static class SegmentContent
{
    /// <summary>The content list for some blobs.</summary>
    public static List<BlobId> Encode(ImageLayout layout, int segment, ReadOnlySpan<BlobId> blobs)
    {
        var content = new List<BlobId>(blobs.Length);
        var run = ZeroBlobs.LongRun / layout.BlobSize;
        for (var i = 0; i < blobs.Length;)
        {
            if (IsLongRun(layout, segment, blobs, i, run))
            {
                content.Add(ZeroBlobs.IdOf(ZeroBlobs.LongRun));
                i += run;
                continue;
            }

            content.Add(blobs[i].IsNone ? ZeroBlobs.IdOf(layout.LengthOf(segment, i)) : blobs[i]);
            i++;
        }

        return content;
    }

    /// <summary>The blobs that a content list means.</summary>
    /// <exception cref="HoldfastException"><c>image.damaged</c>: it is too long or too short for the segment.</exception>
    public static BlobId[] Decode(ImageLayout layout, int segment, IReadOnlyList<BlobId> content)
    {
        var blobs = new BlobId[layout.BlobsOf(segment)];
        var longRun = ZeroBlobs.IdOf(ZeroBlobs.LongRun);
        var zero = ZeroBlobs.IdOf(layout.BlobSize);
        var at = 0;
        foreach (var id in content)
        {
            if (at >= blobs.Length) throw Damaged(segment);
            if (id == longRun)
            {
                at += ZeroBlobs.LongRun / layout.BlobSize;
                continue;
            }

            blobs[at] = id == zero || (at == blobs.Length - 1 && id == ZeroBlobs.IdOf(layout.LengthOf(segment, at))) ? default : id;
            at++;
        }

        return at == blobs.Length ? blobs : throw Damaged(segment);
    }

    private static bool IsLongRun(ImageLayout layout, int segment, ReadOnlySpan<BlobId> blobs, int first, int run)
    {
        if (first % run != 0 || first + run > blobs.Length || layout.LengthOf(segment, first + run - 1) != layout.BlobSize) return false;
        foreach (var id in blobs.Slice(first, run))
        {
            if (!id.IsNone) return false;
        }

        return true;
    }

    private static HoldfastException Damaged(int segment) =>
        new(ErrorKind.Conflict, "image.damaged", $"The content list of segment {segment} does not fit the image.", "Find out what else is damaged: holdfast vault check");
}
