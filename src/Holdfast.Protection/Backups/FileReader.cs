using System.Threading.Channels;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>Reads files and saves their contents, one after the other.</summary>
internal sealed class FileReader(BackupRun run)
{
    // A file up to this long is one chunk: most are, and for them no machinery is set up.
    private const int SmallBytes = Chunker.MinBytes - 1;

    private readonly byte[] _small = GC.AllocateUninitializedArray<byte>(SmallBytes + 1);
    private long _readAtOnce;

    public async Task RunAsync(ChannelReader<FileJob> jobs, CancellationToken cancellationToken)
    {
        while (await jobs.WaitToReadAsync(cancellationToken))
        {
            while (jobs.TryRead(out var job))
            {
                cancellationToken.ThrowIfCancellationRequested();
                _readAtOnce = 0;
                var node = await TryReadAsync(job, cancellationToken);
                await run.CompleteAsync(job.Directory, job.Slot, node, cancellationToken, _readAtOnce);
            }
        }
    }

    private async ValueTask<Node?> TryReadAsync(FileJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(job, cancellationToken);
        }
        catch (LinuxError error)
        {
            run.Report(job.Path.Text, error);
            return null;
        }
    }

    private async ValueTask<Node?> ReadAsync(FileJob job, CancellationToken cancellationToken)
    {
        run.Meter.Begin(job.Path.Text);
        using var file = Descriptor.OpenToRead(job.Path, directory: false);
        var stat = FileStat.Of(file);
        if (stat.Type != NodeType.File)
        {
            run.Report(job.Path.Text, FileIssueKind.Unreadable, "It is no file any more.");
            return null;
        }

        IReadOnlyList<ExtendedAttribute> attributes = [];
        try
        {
            attributes = ExtendedAttributes.Of(file);
        }
        catch (LinuxError error)
        {
            run.Report(job.Path.Text, FileIssueKind.Metadata, error.Message);
        }

        var (content, size) = run.HardLinks.Find(stat) is { } known ? (known, stat.Size) : await SaveAsync(job, file, stat, cancellationToken);
        run.Counts.AddFile(job.Before is null, job.Before is not { Content: { } before } || !before.SequenceEqual(content), (long)size);
        run.Meter.AddFile();
        return run.Nodes.ReadFile(attributes, job.Name, stat, content, size);
    }

    private async ValueTask<(IReadOnlyList<BlobId> Content, ulong Size)> SaveAsync(FileJob job, Descriptor file, FileStat stat, CancellationToken cancellationToken)
    {
        var (content, size) = await TrySaveSmallAsync(file, stat, cancellationToken) is { } small ? small : await SaveLargeAsync(job, file, stat, cancellationToken);
        if (!FileStat.Of(file).IsSameContent(stat)) run.Report(job.Path.Text, FileIssueKind.ChangedWhileRead, "It changed while it was read.");
        else run.HardLinks.Add(stat, content);
        return (content, size);
    }

    private async ValueTask<(IReadOnlyList<BlobId> Content, ulong Size)?> TrySaveSmallAsync(Descriptor file, FileStat stat, CancellationToken cancellationToken)
    {
        if (stat.Size > SmallBytes) return null;
        if (run.Gate is { } gate) await gate.EnterAsync((int)stat.Size, cancellationToken);
        var length = 0;
        for (int read; (read = file.Read(_small.AsSpan(length), length)) > 0;)
        {
            length += read;
            if (length > SmallBytes) break; // It grew meanwhile.
        }

        run.Gate?.Correct(length - (int)stat.Size);
        if (length > SmallBytes)
        {
            run.Gate?.Correct(-length);
            return null;
        }

        run.Counts.AddRead(length);
        run.Meter.AddBytes(length);
        if (length == 0) return ([], 0);
        var saved = await run.SaveDataAsync(_small.AsMemory(0, length), cancellationToken);
        run.Gate?.AddSaved(length);
        _readAtOnce = length;
        return ([saved], (ulong)length);
    }

    private async ValueTask<(IReadOnlyList<BlobId> Content, ulong Size)> SaveLargeAsync(FileJob job, Descriptor file, FileStat stat, CancellationToken cancellationToken)
    {
        var resumed = run.ResumedFile(job.SnapshotPath, stat);
        var progress = new ContentProgress(resumed?.Offset ?? 0, resumed?.Content ?? [], run.Gate);
        if (run.Gate is not null) run.State.Open(job, FileVersion.Of(stat), progress);
        if (resumed is not null) run.Meter.AddBytes(resumed.Offset);
        await run.Chunks.SaveAsync(new FileContent(file, stat), progress, run.Gate, cancellationToken);
        var (size, content, _) = progress.Saved();
        return (content, (ulong)size);
    }
}
