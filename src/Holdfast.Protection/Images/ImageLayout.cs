using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>How an image is cut: into segments of fixed length, and those into blobs of fixed length aligned to the image.</summary>
/// <remarks>The sizes are chosen once, for the first backup of a chain, and kept: other borders would share no blob with what is there. Why these: docs/design/volumes.md.</remarks>
public sealed record ImageLayout
{
    private const int SmallestBlob = 64 << 10;
    private const int BlobsPerSegment = 4096;
    private const long MostBlobs = 1L << 24;
    private const int MostSegments = 8192;

    /// <summary>The most that a blob may hold: a random read fetches one whole.</summary>
    public const int LargestBlob = 1 << 20;

    /// <summary>Gets the length of the image in bytes.</summary>
    public required long Length { get; init => field = value >= 0 ? value : throw Wrong(nameof(Length), value); }

    /// <summary>Gets the length of a blob in bytes.</summary>
    /// <value>A power of two from 4 KiB to 1 MiB; <see cref="For"/> chooses 64 KiB up to 1 TiB.</value>
    public required int BlobSize { get; init => field = value is >= 4096 and <= LargestBlob && int.IsPow2(value) ? value : throw Wrong(nameof(BlobSize), value); }

    /// <summary>Gets the length of a segment in bytes.</summary>
    /// <value>A power of two from 4 MiB to 1 TiB; <see cref="For"/> chooses 256 MiB up to 1 TiB.</value>
    public required long SegmentSize { get; init => field = value is >= ZeroBlobs.LongRun and <= 1L << 40 && long.IsPow2(value) ? value : throw Wrong(nameof(SegmentSize), value); }

    /// <summary>Gets how many segments there are.</summary>
    public int Segments => checked((int)((Length + SegmentSize - 1) / SegmentSize));

    /// <summary>Chooses the sizes for an image.</summary>
    public static ImageLayout For(long length)
    {
        var blob = SmallestBlob;
        while (blob < LargestBlob && length / blob > MostBlobs) blob *= 2;
        var segment = (long)blob * BlobsPerSegment;
        while (length / segment > MostSegments) segment *= 2;
        return new() { Length = length, BlobSize = blob, SegmentSize = segment };
    }

    /// <summary>Where a segment is in the image.</summary>
    public ByteRange RangeOf(int segment) => ByteRange.Between(segment * SegmentSize, Math.Min((segment + 1) * SegmentSize, Length));

    /// <summary>How many blobs a segment has.</summary>
    public int BlobsOf(int segment) => (int)((RangeOf(segment).Length + BlobSize - 1) / BlobSize);

    /// <summary>The length of one blob in bytes: the last of the image may be shorter.</summary>
    public int LengthOf(int segment, int blob) => (int)Math.Min(BlobSize, RangeOf(segment).Length - ((long)blob * BlobSize));

    private static HoldfastException Wrong(string what, long value) =>
        new(ErrorKind.Invalid, "image.bad-layout", $"An image cannot have a {what} of {value}.");
}
