using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;

namespace Holdfast.Protection.Backups;

/// <summary>Cuts contents into chunks and saves them: the chunks of a large one in parallel, a small one on the thread that read it.</summary>
/// <param name="sink">Where they are saved.</param>
/// <param name="chunker">What cuts.</param>
/// <param name="buffers">At least one more than contents are cut at once: what is being saved is given back whatever comes.</param>
/// <param name="counts">What is counted.</param>
/// <param name="meter">What is shown.</param>
internal sealed class ChunkSaver(IBlobSink sink, Chunker chunker, ChunkBuffers buffers, BackupCounts counts, BackupMeter meter)
{
    // What is read at once: so little lies behind a cut that moving it to the next buffer costs nothing.
    private const int ReadBytes = 256 * 1024;

    private readonly Lock _zeroLock = new();
    private Task<(BlobId Id, int Length)>? _zeros;

    /// <summary>Saves a content from a place on, to its end.</summary>
    public async Task SaveAsync(IContent content, ContentProgress progress, CheckpointGate? gate, CancellationToken cancellationToken)
    {
        var pending = new Queue<Task<int>>();
        var buffer = await buffers.RentAsync(cancellationToken);
        try
        {
            var offset = progress.Offset; // Of the buffer's first byte in the content.
            int filled = 0, scanned = 0;
            var ended = false;
            while (true)
            {
                if (scanned == 0 && await SkipZerosAsync(content, offset, progress, pending, cancellationToken) is > 0 and var skipped)
                {
                    offset += skipped;
                    filled = 0;
                    ended = false;
                }

                var cut = 0;
                while (!ended && (cut = chunker.FindCut(buffer.AsSpan(0, filled), scanned)) == 0)
                {
                    scanned = filled;
                    var space = Math.Min(ReadBytes, buffer.Length - filled);
                    if (gate is not null) await gate.EnterAsync(space, cancellationToken);
                    var read = content.Read(buffer.AsSpan(filled, space), offset + filled);
                    gate?.Correct(read - space);
                    counts.AddRead(read);
                    meter.AddBytes(read);
                    filled += read;
                    ended = read == 0;
                }

                if (cut == 0) cut = chunker.FindCut(buffer.AsSpan(0, filled), scanned);
                if (cut == 0) cut = filled;
                if (cut == 0) break;
                if (ended && cut == filled && pending.Count == 0)
                {
                    // The last chunk, or the only one: nothing is won by another thread.
                    await SaveOneAsync(buffer.AsMemory(0, cut), progress, cancellationToken);
                    break;
                }

                var next = await NextBufferAsync(pending, cancellationToken);
                buffer.AsSpan(cut, filled - cut).CopyTo(next);
                pending.Enqueue(SaveInBackground(buffer, cut, progress.Reserve(cut), progress, cancellationToken));
                buffer = next;
                offset += cut;
                filled -= cut;
                scanned = 0;
            }

            while (pending.TryDequeue(out var saving)) await saving;
        }
        finally
        {
            buffers.Return(buffer);
            // Their buffers are theirs until they end, whatever ended this.
            foreach (var saving in pending) await saving.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async ValueTask<byte[]> NextBufferAsync(Queue<Task<int>> pending, CancellationToken cancellationToken)
    {
        while (pending.TryPeek(out var first) && first.IsCompleted) await pending.Dequeue();
        return await buffers.RentAsync(cancellationToken);
    }

    private async Task SaveOneAsync(ReadOnlyMemory<byte> chunk, ContentProgress progress, CancellationToken cancellationToken)
    {
        var at = progress.Reserve(chunk.Length);
        var saved = await sink.SaveAsync(BlobKind.Data, chunk, cancellationToken);
        counts.AddBlob(BlobKind.Data, saved, chunk.Length);
        progress.Complete(at, saved.Id, chunk.Length);
    }

    private Task<int> SaveInBackground(byte[] buffer, int length, int at, ContentProgress progress, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                var saved = await sink.SaveAsync(BlobKind.Data, buffer.AsMemory(0, length), cancellationToken);
                counts.AddBlob(BlobKind.Data, saved, length);
                progress.Complete(at, saved.Id, length);
                return length;
            }
            finally
            {
                buffers.Return(buffer);
            }
        },
        CancellationToken.None);

    /// <summary>A hole in which a chunk begins and ends needs no reading: zeros are always cut after the same length.</summary>
    private async ValueTask<long> SkipZerosAsync(IContent content, long offset, ContentProgress progress, Queue<Task<int>> pending, CancellationToken cancellationToken)
    {
        var zeros = content.ZerosAt(offset);
        if (zeros < Chunker.MinBytes) return 0;
        var (id, length) = await ZerosAsync(cancellationToken);
        var chunks = zeros / length;
        for (var i = 0L; i < chunks; i++) progress.Complete(progress.Reserve(length), id, length, isZeros: true);
        counts.AddHole(chunks * length);
        meter.AddBytes(chunks * length);
        return chunks * length;
    }

    private Task<(BlobId Id, int Length)> ZerosAsync(CancellationToken cancellationToken)
    {
        lock (_zeroLock) return _zeros ??= SaveZerosAsync(cancellationToken);
    }

    private async Task<(BlobId Id, int Length)> SaveZerosAsync(CancellationToken cancellationToken)
    {
        var zeros = new byte[Chunker.MaxBytes];
        var length = chunker.FindCut(zeros);
        var saved = await sink.SaveAsync(BlobKind.Data, zeros.AsMemory(0, length), cancellationToken);
        counts.AddBlob(BlobKind.Data, saved, length);
        return (saved.Id, length);
    }
}
