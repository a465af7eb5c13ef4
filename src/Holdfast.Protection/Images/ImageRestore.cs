using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>Restores an image to a file or a device: only what differs is fetched and written, holes become holes.</summary>
/// <param name="image">The image.</param>
/// <param name="source">The vault.</param>
/// <param name="workers">How many blobs are compared, fetched and written at once. The default is twice the processors; from 1 to 64.</param>
public sealed class ImageRestore(StoredImage image, IBlobSource source, int? workers = null)
{
    private readonly int _workers = Math.Clamp(workers ?? 2 * Environment.ProcessorCount, 1, 64);

    /// <summary>Restores. When it returns, everything is on the disk.</summary>
    /// <exception cref="HoldfastException"><c>blob.missing</c>, <c>blob.damaged</c>, <c>image.damaged</c>, <c>volume.unwritable</c>.</exception>
    public async Task<ImageRestoreResult> RunAsync(IImageTarget target, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        long written = 0, cleared = 0, kept = 0, done = 0;
        var reader = new ImageReader(image, source);
        await ForEachStretchAsync(reader, async (segment, first, count, blobs, token) =>
        {
            var start = image.Layout.RangeOf(segment).Offset + ((long)first * image.Layout.BlobSize);
            var length = Length(segment, first, count);
            var there = BlobMemory.Rent(length);
            try
            {
                if (!target.IsEmpty) target.Read(start, there.AsSpan(0, length));
                var clearFrom = -1;
                for (var i = 0; i < count; i++)
                {
                    var (at, size) = (i * image.Layout.BlobSize, image.Layout.LengthOf(segment, first + i));
                    var id = blobs[first + i];
                    var same = id.IsNone ? target.IsEmpty || ZeroBlobs.IsZero(there.AsSpan(at, size)) : !target.IsEmpty && BlobId.Of(there.AsSpan(at, size)) == id;
                    if (!same && id.IsNone && clearFrom < 0) clearFrom = at; // Neighbours are cleared together.
                    if ((same || !id.IsNone) && clearFrom >= 0) Clear(at);
                    if (same)
                    {
                        Interlocked.Add(ref kept, size);
                    }
                    else if (!id.IsNone)
                    {
                        var content = await source.LoadAsync(BlobKind.Data, id, token);
                        if (content.Length != size) throw ImageReader.Damaged(segment, first + i, size, content.Length);
                        target.Write(start + at, content);
                        Interlocked.Add(ref written, size);
                    }
                }

                if (clearFrom >= 0) Clear(length);
                progress?.Report(new(Interlocked.Add(ref done, length), image.Layout.Length));

                void Clear(int end)
                {
                    target.Clear(start + clearFrom, end - clearFrom);
                    Interlocked.Add(ref cleared, end - clearFrom);
                    clearFrom = -1;
                }
            }
            finally
            {
                BlobMemory.Return(there);
            }
        }, cancellationToken);
        target.Flush();
        return new(written, cleared, kept);
    }

    /// <summary>Reads the target and compares every blob with the image.</summary>
    /// <exception cref="HoldfastException"><c>restore.differs</c>, with the first place that differs.</exception>
    public Task VerifyAsync(IImageTarget target, CancellationToken cancellationToken) =>
        ForEachStretchAsync(new ImageReader(image, source), (segment, first, count, blobs, _) =>
        {
            var length = Length(segment, first, count);
            var there = BlobMemory.Rent(length);
            try
            {
                var start = image.Layout.RangeOf(segment).Offset + ((long)first * image.Layout.BlobSize);
                target.Read(start, there.AsSpan(0, length));
                for (var i = 0; i < count; i++)
                {
                    var (at, size) = (i * image.Layout.BlobSize, image.Layout.LengthOf(segment, first + i));
                    var id = blobs[first + i];
                    var content = there.AsSpan(at, size);
                    if (id.IsNone ? ZeroBlobs.IsZero(content) : BlobId.Of(content) == id) continue;
                    throw new HoldfastException(ErrorKind.Conflict, "restore.differs", $"What was restored differs from the image at byte {start + at}.", "Look for errors of the disk (dmesg), and restore again.");
                }
            }
            finally
            {
                BlobMemory.Return(there);
            }

            return ValueTask.CompletedTask;
        }, cancellationToken);

    private Task ForEachStretchAsync(ImageReader reader, Func<int, int, int, BlobId[], CancellationToken, ValueTask> work, CancellationToken cancellationToken)
    {
        var per = ImageLayout.LargestBlob / image.Layout.BlobSize;
        var stretches = from segment in Enumerable.Range(0, image.Layout.Segments)
            let blobs = image.Layout.BlobsOf(segment)
            from part in Enumerable.Range(0, (blobs + per - 1) / per)
            select (segment, first: part * per, count: Math.Min(per, blobs - (part * per)));
        return Parallel.ForEachAsync(stretches, new ParallelOptions { MaxDegreeOfParallelism = _workers, CancellationToken = cancellationToken }, async (stretch, token) =>
            await work(stretch.segment, stretch.first, stretch.count, await reader.BlobsOfAsync(stretch.segment, token), token));
    }

    private int Length(int segment, int first, int count) => ((count - 1) * image.Layout.BlobSize) + image.Layout.LengthOf(segment, first + count - 1);
}
