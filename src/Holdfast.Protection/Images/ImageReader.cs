using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>Reads an image in a vault at any place: what mounting, the iSCSI target and instant restore stand on. May be called from many threads at once.</summary>
/// <param name="image">The image.</param>
/// <param name="source">The vault.</param>
/// <param name="cachedSegments">How many content lists are kept in memory; each takes 128 KiB at the usual sizes. The default is 32; at least 1.</param>
/// <param name="cachedBlobs">How many blobs are kept in memory. The default is 256, 16 MiB at the usual size; at least 1.</param>
public sealed class ImageReader(StoredImage image, IBlobSource source, int cachedSegments = 32, int cachedBlobs = 256)
{
    private readonly LoadCache<int, BlobId[]> _segments = new(cachedSegments);
    private readonly LoadCache<BlobId, byte[]> _blobs = new(cachedBlobs);

    /// <summary>Gets the length of the image in bytes.</summary>
    public long Length { get; } = image.Layout.Length;

    /// <summary>Gets the image.</summary>
    public StoredImage Image => image;

    /// <summary>Fills the buffer from a place; how much was filled: less than asked for only at the end.</summary>
    /// <exception cref="HoldfastException"><c>blob.missing</c>, <c>blob.damaged</c>, <c>image.damaged</c>, or what the vault answers.</exception>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        var wanted = (int)Math.Clamp(Length - offset, 0, buffer.Length);
        for (var done = 0; done < wanted;)
        {
            var (segment, blob, within) = PlaceOf(offset + done);
            var length = image.Layout.LengthOf(segment, blob);
            var take = Math.Min(length - within, wanted - done);
            var part = buffer.Slice(done, take);
            var id = (await BlobsOfAsync(segment, cancellationToken))[blob];
            if (id.IsNone)
            {
                part.Span.Clear();
            }
            else
            {
                var content = await _blobs.GetAsync(id, token => source.LoadAsync(BlobKind.Data, id, token), cancellationToken);
                if (content.Length != length) throw Damaged(segment, blob, length, content.Length);
                content.AsMemory(within, take).CopyTo(part);
            }

            done += take;
        }

        return wanted;
    }

    /// <summary>The blobs of a segment, none where it is zero.</summary>
    internal ValueTask<BlobId[]> BlobsOfAsync(int segment, CancellationToken cancellationToken) =>
        _segments.GetAsync(segment, token => image.LoadSegmentAsync(source, segment, token), cancellationToken);

    internal static HoldfastException Damaged(int segment, int blob, int expected, int actual) =>
        new(ErrorKind.Conflict, "image.damaged", $"Blob {blob} of segment {segment} has {actual} bytes where the image has {expected}.", "Find out what else is damaged: holdfast vault check");

    private (int Segment, int Blob, int Within) PlaceOf(long offset)
    {
        var within = offset % image.Layout.SegmentSize;
        return ((int)(offset / image.Layout.SegmentSize), (int)(within / image.Layout.BlobSize), (int)(within % image.Layout.BlobSize));
    }
}
