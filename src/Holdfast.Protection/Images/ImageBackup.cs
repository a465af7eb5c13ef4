using System.Runtime.CompilerServices;
using Holdfast.Protection.Ranges;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>Writes images of volumes to a vault: segments of fixed blobs, of which only what may have changed is read.</summary>
/// <param name="source">Where the parent is read from.</param>
/// <param name="sink">Where blobs are written to; the same vault.</param>
/// <param name="options">How.</param>
public sealed class ImageBackup(IBlobSource source, IBlobSink sink, ImageBackupOptions options)
{
    private const int StretchBytes = 1 << 20;

    /// <summary>Backs up one image. When it returns, the image can be read by whoever opens the vault anew; no snapshot names it yet.</summary>
    /// <exception cref="HoldfastException"><c>image.other-state</c>: a checkpoint of another state; or what the source, the sink and the parent answer.</exception>
    public async Task<ImageBackupResult> RunAsync(ImageBackupRequest request, CancellationToken cancellationToken)
    {
        var length = request.Source.Length;
        var all = RangeSet.All(length);
        var believed = request.Audit || request.Parent is null ? null : request.Changed;
        var (parent, changed) = (request.Parent, believed);
        if (request.Resume is { } resume)
        {
            if (resume.Source != request.SourceState) throw new HoldfastException(ErrorKind.Conflict, "image.other-state", $"The backup was interrupted while it read '{resume.Source}', and this is '{request.SourceState}'.", "Begin anew, without the checkpoint.");
            parent = await StoredImage.OpenAsync(source, BlobId.TryParse(resume.Tree, out var tree) ? tree : default, cancellationToken);
            changed = resume.Remaining(believed ?? all, length);
        }

        var plan = ImagePlan.Make(length, request.Source.Data, changed, parent?.Layout, request.Layout);
        var claimed = request is { Audit: true, Changed: { } claim } ? all.Except(claim.AlignOutward(plan.Layout.BlobSize, length)) : RangeSet.Empty;
        var run = new ImageRun(plan, parent, claimed, request, source, sink, options);
        try
        {
            await Parallel.ForEachAsync(
                StretchesAsync(run, cancellationToken),
                new ParallelOptions { MaxDegreeOfParallelism = options.Workers, CancellationToken = cancellationToken },
                (stretch, token) => StoreAsync(run, request.Source, stretch, token));
        }
        catch
        {
            await Task.WhenAny(run.Checkpoints.FinishAsync()); // It uses the sink, which the caller is about to close.
            throw;
        }

        await run.Checkpoints.FinishAsync();

        var mismatches = run.Mismatches;
        var trust = request.Parent?.Info.MapTrust ?? new();
        var info = run.Info with
        {
            MapTrust = believed is not null ? trust.Believed() : trust.ReadEverything(mismatches.IsEmpty ? null : $"the map of changed blocks missed {mismatches.TotalBytes} bytes, the first at {mismatches.Ranges[0]}"),
        };
        var root = await run.SaveRootAsync(run.Segments, info, cancellationToken);
        await sink.FlushAsync(cancellationToken);
        return new()
        {
            Tree = root, Info = info, Mismatches = mismatches, ReadBytes = run.ReadBytes, NewBytes = run.NewBytes, AddedBytes = run.AddedBytes,
            KeptBytes = plan.Kept.TotalBytes, ZeroBytes = plan.Zero.TotalBytes,
        };
    }

    /// <summary>What there is to read, in the order of the image; segments with nothing to read are done on the way.</summary>
    private static async IAsyncEnumerable<Stretch> StretchesAsync(ImageRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var index = 0; index < run.Layout.Segments; index++)
        {
            var bounds = run.Layout.RangeOf(index);
            if (run.UnchangedSegment(index) is { } same)
            {
                run.Checkpoints.Settle(index, same);
                continue;
            }

            var read = run.Plan.Read.Within(bounds);
            if (!run.NeedsContent(bounds))
            {
                run.Checkpoints.Settle(index, await run.SaveZeroSegmentAsync(index, cancellationToken));
                continue;
            }

            var segment = await run.BeginAsync(index, cancellationToken);
            segment.Left = Count(read);
            if (segment.Left == 0)
            {
                await run.FinishAsync(segment, cancellationToken);
                continue;
            }

            foreach (var stretch in Cut(segment, read))
            {
                run.Checkpoints.Begin(stretch);
                yield return stretch;
            }
        }
    }

    private static async ValueTask StoreAsync(ImageRun run, IImageSource from, Stretch stretch, CancellationToken cancellationToken)
    {
        await run.Checkpoints.EnterAsync(stretch, cancellationToken);
        var buffer = BlobMemory.Rent(StretchBytes);
        try
        {
            from.Read(stretch.Range.Offset, buffer.AsSpan(0, (int)stretch.Range.Length));
            for (var at = 0; at < stretch.Range.Length; at += run.Layout.BlobSize)
            {
                var content = buffer.AsMemory(at, (int)Math.Min(run.Layout.BlobSize, stretch.Range.Length - at));
                await run.StoreAsync(stretch.Segment, stretch.Range.Offset + at, content, cancellationToken);
            }
        }
        finally
        {
            BlobMemory.Return(buffer);
        }

        run.Checkpoints.Complete(stretch, cancellationToken);
        if (Interlocked.Decrement(ref stretch.Segment.Left) == 0) await run.FinishAsync(stretch.Segment, cancellationToken);
    }

    private static int Count(RangeSet read)
    {
        var count = 0;
        foreach (var range in read.Ranges) count += (int)((range.Length + StretchBytes - 1) / StretchBytes);
        return count;
    }

    private static IEnumerable<Stretch> Cut(OpenSegment segment, RangeSet read)
    {
        for (var i = 0; i < read.Ranges.Length; i++)
        {
            var range = read.Ranges[i];
            for (var at = range.Offset; at < range.End; at += StretchBytes) yield return new(segment, ByteRange.Between(at, Math.Min(at + StretchBytes, range.End)));
        }
    }
}
