using System.Threading.Channels;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>Saves trees of files: one walks the directories in order, several read files, whoever completes a directory saves it.</summary>
/// <remarks>
/// Memory is bounded by the chunk buffers, the queue of files, and the nodes of directories that are not finished. An error of one file is reported and the
/// backup goes on; an error of the vault ends it. What was saved by then harms nothing and is found again by the next.
/// </remarks>
/// <param name="source">Where trees of the snapshot before are read, and which blobs there are.</param>
/// <param name="sink">Where everything is saved.</param>
/// <param name="chunker">The vault's.</param>
/// <param name="time">The clock of the progress.</param>
public sealed class TreeBackup(IBlobSource source, IBlobSink sink, Chunker chunker, TimeProvider time)
{
    // As many jobs wait as the walk may be ahead of the readers.
    private const int QueuedFiles = 512;

    /// <summary>Gets how far it is.</summary>
    public BackupMeter Meter { get; } = new(time);

    /// <summary>Saves what is asked for and flushes it.</summary>
    /// <exception cref="HoldfastException"><c>backup.no-sources</c>, <c>backup.empty</c>, or what the vault says.</exception>
    public async Task<BackupResult> RunAsync(BackupRequest request, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var jobs = Channel.CreateBounded<FileJob>(new BoundedChannelOptions(QueuedFiles) { SingleWriter = true });
        using var buffers = new ChunkBuffers(request.Readers + 2);
        var run = new BackupRun(source, sink, chunker, buffers, Meter, request);
        var root = new OpenDirectory(null, 0, "/", null, null);
        var walk = new TreeWalk(run, jobs.Writer);

        List<Task> parts = [Guard(() => walk.RunAsync(root, ending.Token))];
        for (var reader = 0; reader < request.Readers; reader++) parts.Add(Guard(() => new FileReader(run).RunAsync(jobs.Reader, ending.Token)));
        using var working = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
        List<Task> beside = [];
        if (run.Gate is { } gate) beside.Add(Guard(() => run.CheckpointAsync(gate, working.Token)));
        if (request.CountTotals) beside.Add(Task.Run(() => new TotalsCount(request, Meter).Run(working.Token), CancellationToken.None));

        try
        {
            await Task.WhenAll(parts);
        }
        finally
        {
            await working.CancelAsync();
            await Task.WhenAll(beside).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        foreach (var task in beside.Where(task => task.IsFaulted)) await task;
        cancellationToken.ThrowIfCancellationRequested();
        var tree = run.RootTree ?? throw new HoldfastException(ErrorKind.Invalid, "backup.empty", "Nothing was left to back up.", "See what is excluded, and what the issues say.");
        await sink.FlushAsync(cancellationToken);
        return new(tree, run.Counts, run.IsComplete);

        // The first that fails ends the others, and its error is the one that counts.
        async Task Guard(Func<Task> part)
        {
            try
            {
                await Task.Run(part, CancellationToken.None);
            }
            catch (Exception fault)
            {
                var cancelled = fault is OperationCanceledException;
                if (!cancelled || !ending.IsCancellationRequested) await ending.CancelAsync();
                if (!cancelled || cancellationToken.IsCancellationRequested) throw;
            }
        }
    }

    /// <summary>Saves a stream as one file in the root: <c>--stdin</c>.</summary>
    public async Task<BackupResult> RunAsync(Stream content, string fileName, BackupRequest request, CancellationToken cancellationToken)
    {
        using var buffers = new ChunkBuffers(2 + Environment.ProcessorCount);
        var counts = new BackupCounts();
        var progress = new ContentProgress(0, []);
        Meter.Begin("/" + fileName);
        await new ChunkSaver(sink, chunker, buffers, counts, Meter).SaveAsync(new StreamContent(content), progress, null, cancellationToken);
        var (size, blobs, _) = progress.Saved();
        counts.AddFile(isNew: true, isChanged: false, size);
        Meter.AddFile();
        var root = StreamNodes.Nest(fileName, blobs, (ulong)size, time.GetUtcNow(), request.Zone);
        var saved = default(SavedBlob);
        while (true)
        {
            using var text = TreeJson.Write([root.Node]);
            saved = await sink.SaveAsync(BlobKind.Tree, text.Written, cancellationToken);
            counts.AddBlob(BlobKind.Tree, saved, text.Written.Length);
            if (root.Above is not { } above) break;
            root = above(saved.Id);
        }

        await sink.FlushAsync(cancellationToken);
        return new(saved.Id, counts, IsComplete: true);
    }
}
