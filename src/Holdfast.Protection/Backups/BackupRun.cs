using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>What the parts of one backup share.</summary>
internal sealed class BackupRun
{
    private const int TreesAhead = 2;

    private readonly IBlobSource _source;
    private readonly IBlobSink _sink;
    private readonly PreviousTrees _trees;
    private readonly BackupMeter _meter;
    private readonly Dictionary<string, FileCheckpoint> _resumedFiles;
    private readonly Dictionary<string, IReadOnlyList<BlobId>> _resumedDirectories;
    private volatile bool _isIncomplete;

    public BackupRun(IBlobSource source, IBlobSink sink, Chunker chunker, ChunkBuffers buffers, BackupMeter meter, BackupRequest request)
    {
        (_source, _sink, _meter, Request) = (source, sink, meter, request);
        _trees = new(source);
        Gate = request.CheckpointBytes is { } limit ? new(limit) : null;
        Chunks = new(sink, chunker, buffers, Counts, meter);
        Nodes = new(request.Zone, request.WithAccessTime);
        _resumedFiles = (request.Resume?.Files ?? []).ToDictionary(file => file.Path, StringComparer.Ordinal);
        _resumedDirectories = (request.Resume?.Directories ?? []).ToDictionary(directory => directory.Path, directory => directory.Entries, StringComparer.Ordinal);
    }

    public BackupRequest Request { get; }

    public BackupCounts Counts { get; } = new();

    public BackupMeter Meter => _meter;

    public BackupState State { get; } = new();

    public CheckpointGate? Gate { get; }

    public ChunkSaver Chunks { get; }

    public NodeReader Nodes { get; }

    public HardLinkContents HardLinks { get; } = new();

    public bool IsComplete => !_isIncomplete;

    /// <summary>Gets the root tree when it is saved; null when there is nothing in it.</summary>
    public BlobId? RootTree { get; private set; }

    public void Report(string path, FileIssueKind kind, string message)
    {
        var issue = new FileIssue(path, kind, message);
        if (issue.IsLoss) _isIncomplete = true;
        _meter.AddIssue();
        Request.OnIssue?.Invoke(issue);
    }

    public void Report(string path, LinuxError error) => Report(path, error.IsVanished ? FileIssueKind.Vanished : FileIssueKind.Unreadable, error.Message);

    /// <summary>Whether all of a content is in the vault.</summary>
    public bool Has(IReadOnlyList<BlobId> content)
    {
        for (var at = 0; at < content.Count; at++)
        {
            if (!_source.TryGetLength(BlobKind.Data, content[at], out _)) return false;
        }

        return true;
    }

    /// <summary>Saves a content that is one chunk.</summary>
    public async ValueTask<BlobId> SaveDataAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var saved = await _sink.SaveAsync(BlobKind.Data, content, cancellationToken);
        Counts.AddBlob(BlobKind.Data, saved, content.Length);
        return saved.Id;
    }

    /// <summary>Where a file that the run before had begun is to be taken up, if it is still the same.</summary>
    public FileCheckpoint? ResumedFile(string snapshotPath, in FileStat stat) =>
        _resumedFiles.Count > 0 && _resumedFiles.TryGetValue(snapshotPath, out var file) && file.Version == FileVersion.Of(stat) && Has(file.Content) ? file : null;

    /// <summary>What is known of a directory's entries.</summary>
    public async ValueTask<PreviousDirectory> PreviousAsync(string snapshotPath, BlobId? before, CancellationToken cancellationToken)
    {
        var tree = before is { } id ? await TryLoadAsync(snapshotPath, id, cancellationToken) : null;
        if (!_resumedDirectories.TryGetValue(snapshotPath, out var trees)) return tree is null ? PreviousDirectory.None : new(before, tree, null);
        Dictionary<string, Node> resumed = new(StringComparer.Ordinal);
        foreach (var part in trees)
        {
            foreach (var node in (await TryLoadAsync(snapshotPath, part, cancellationToken))?.Nodes ?? []) resumed[node.Name] = node;
        }

        return new(before, tree, resumed);
    }

    /// <summary>The walk is about to come to the directories after that name; to the first ones when there is none.</summary>
    public void ExpectAfter(PreviousDirectory directory, string? name, CancellationToken cancellationToken)
    {
        foreach (var tree in directory.SubtreesAfter(name, TreesAhead)) _trees.Expect(tree, cancellationToken);
    }

    /// <summary>An entry is saved, or cannot be; with the last one its directory is saved, and so on upwards.</summary>
    public async ValueTask CompleteAsync(OpenDirectory directory, int slot, Node? node, CancellationToken cancellationToken, long readBytes = 0)
    {
        if (State.Complete(directory, slot, node, readBytes)) await CloseAsync(directory, cancellationToken);
    }

    /// <summary>Saves a directory whose entries are all there.</summary>
    public async ValueTask CloseAsync(OpenDirectory directory, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entries = directory.Entries();
            if (directory.Parent is null && entries.Count == 0) return;
            var tree = SameTree(directory, entries) ?? await SaveTreeAsync(entries, cancellationToken);
            if (directory.Parent is not { } parent)
            {
                RootTree = tree;
                return;
            }

            var node = directory.Node! with { Subtree = tree };
            Counts.AddDirectory(directory.Before is null, directory.Before is { } before && !IsSame(before, node));
            if (!State.Complete(parent, directory.Slot, node, closed: directory)) return;
            directory = parent;
        }
    }

    /// <summary>Writes checkpoints as they come due, until it is cancelled.</summary>
    public async Task CheckpointAsync(CheckpointGate gate, CancellationToken cancellationToken)
    {
        while (true)
        {
            await gate.DueAsync(cancellationToken);
            var capture = State.Take();
            List<DirectoryCheckpoint> directories = new(capture.Directories.Count);
            foreach (var (directory, fresh, earlier) in capture.Directories)
            {
                if (fresh.Count == 0)
                {
                    directories.Add(new(directory.Path, earlier));
                    continue;
                }

                using var text = TreeJson.Write(fresh);
                var saved = await _sink.SaveAsync(BlobKind.Tree, text.Written, cancellationToken);
                directory.AddCheckpointed(saved.Id);
                directories.Add(new(directory.Path, [.. earlier, saved.Id]));
            }

            await _sink.FlushAsync(cancellationToken);
            if (Request.OnCheckpoint is { } take) await take(new() { Directories = directories, Files = capture.Files, SavedBytes = capture.SavedBytes }, cancellationToken);
            gate.Publish(capture.SavedBytes);
        }
    }

    // What was read from one vault and says the same is in it. A source of another kind may hide some of what is in its trees.
    private BlobId? SameTree(OpenDirectory directory, List<Node> entries) => ReferenceEquals(_source, _sink) ? directory.Previous.SameTree(entries) : null;

    private async ValueTask<BlobId> SaveTreeAsync(List<Node> entries, CancellationToken cancellationToken)
    {
        using var text = TreeJson.Write(entries);
        var saved = await _sink.SaveAsync(BlobKind.Tree, text.Written, cancellationToken);
        Counts.AddBlob(BlobKind.Tree, saved, text.Written.Length);
        return saved.Id;
    }

    private async ValueTask<Tree?> TryLoadAsync(string snapshotPath, BlobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await _trees.LoadAsync(id, cancellationToken);
        }
        catch (HoldfastException damaged) when (damaged.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Only what it would have saved is lost: the directory is read anew.
            Report(snapshotPath, FileIssueKind.ContentMissing, damaged.Message);
            return null;
        }
    }

    private static bool IsSame(Node a, Node b) => a.Subtree == b.Subtree && a.Mode == b.Mode && a.Uid == b.Uid && a.Gid == b.Gid
        && a.ModifiedAt.IsSameInstant(b.ModifiedAt) && a.ChangedAt.IsSameInstant(b.ChangedAt);
}
