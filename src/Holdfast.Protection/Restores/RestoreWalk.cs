using Holdfast.Protection.Backups;
using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>Goes through a snapshot's trees, makes what is no file, and hands the files to batches. Directories get their metadata at the end, from the
/// deepest up: whatever is written in them changes their times.</summary>
internal sealed class RestoreWalk(VaultRepository vault, TargetRoot? target, RestoreRequest request, RestoreLog log, BackupMeter meter)
{
    private readonly List<(LinuxPath Path, string SnapshotPath, Node Node)> _directories = [];
    private readonly Dictionary<(ulong Device, ulong Inode), (LinuxPath Directory, string Name)> _hardLinks = [];
    private readonly List<(LinuxPath Directory, string SnapshotPath, Node Node)> _laterLinks = [];
    private RestoreBatch? _batch;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await WalkAsync(new(LinuxPath.Of(""), "/", null, null, IsMade: true), request.Tree, isWhole: false, cancellationToken);
        await EndBatchAsync(cancellationToken);
        foreach (var (directory, snapshotPath, node) in _laterLinks) Try(snapshotPath, () => Link(directory, snapshotPath, node));
        for (var at = _directories.Count - 1; at >= 0; at--) Finish(_directories[at]);
    }

    private async ValueTask WalkAsync(Frame frame, BlobId id, bool isWhole, CancellationToken cancellationToken)
    {
        Tree tree;
        try
        {
            tree = await Tree.LoadAsync(vault, id, cancellationToken);
        }
        catch (HoldfastException damaged) when (damaged.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            log.Report(frame.SnapshotPath, FileIssueKind.Unreadable, damaged.Message);
            return; // Nor is anything deleted there: nobody knows what should be there.
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var node in tree.Nodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var snapshotPath = SnapshotPaths.Join(frame.SnapshotPath, node.Name);
            if (!NodeNames.IsSafe(node.Name) || !names.Add(node.Name))
            {
                log.Report(frame.SnapshotPath, FileIssueKind.Unreadable, $"It has an entry with a name that none can have, or twice: '{ByteText.ToPrintable(node.Name)}'.");
                continue;
            }

            var (isSelected, below) = request.Selection.Select(snapshotPath);
            if (node.Type == NodeType.Directory)
            {
                if (node.Subtree is not { } subtree || (!isSelected && !below)) continue;
                var child = new Frame(frame.Path.Child(node.Name), snapshotPath, node, frame, IsMade: false);
                if (isSelected && !Try(snapshotPath, () => Make(child))) continue;
                if (below) await WalkAsync(child, subtree, isSelected, cancellationToken);
            }
            else if (isSelected)
            {
                meter.Begin(snapshotPath);
                await RestoreAsync(frame, snapshotPath, node, cancellationToken);
            }
        }

        if (request.Delete && (isWhole || frame.Parent is null)) Delete(frame, names);
    }

    private async ValueTask RestoreAsync(Frame frame, string snapshotPath, Node node, CancellationToken cancellationToken)
    {
        if (node.Type is NodeType.Socket or NodeType.Unknown) return;
        if (!Try(snapshotPath, () => Make(frame))) return;
        if (node.Links > 1 && !_hardLinks.TryAdd((node.DeviceId, node.Inode), (frame.Path, node.Name)))
        {
            _laterLinks.Add((frame.Path, snapshotPath, node));
            return;
        }

        if (node.Type != NodeType.File)
        {
            Try(snapshotPath, () => MakeSpecial(frame.Path, snapshotPath, node));
            return;
        }

        var existed = false;
        if (node.Content is null || !Try(snapshotPath, () => existed = !frame.IsNew && MakeRoomForFile(frame.Path, node))) return;
        _batch ??= new(vault, target!, request, log);
        _batch.Add(new(frame.Path, snapshotPath, node, existed));
        if (_batch.Pieces >= RestoreBatch.MaxPieces) await EndBatchAsync(cancellationToken);
    }

    private async ValueTask EndBatchAsync(CancellationToken cancellationToken)
    {
        if (_batch is not { } batch) return;
        _batch = null;
        await batch.RunAsync(cancellationToken);
    }

    /// <summary>Whether a file is there whose content can be made right; what else is there is removed.</summary>
    private bool MakeRoomForFile(LinuxPath directory, Node node)
    {
        if (target?.TryStat(directory.Child(node.Name)) is not { } stat) return false;
        // A file with other names is replaced, not written to: those names may be somebody else's.
        if (stat.Type == NodeType.File && (stat.Links == 1 || node.Links > 1)) return true;
        MakeRoom(directory, node.Name, stat);
        return false;
    }

    private void MakeRoom(LinuxPath directory, string name, FileStat stat)
    {
        if (request.DryRun) return;
        if (stat.Type != NodeType.Directory) target!.Remove(directory, name);
        else if (request.Delete) log.AddDeleted(target!.RemoveAll(directory, name));
        else target!.Remove(directory, name, LibC.AtRemoveDirectory); // Only an empty one goes without being asked for.
    }

    private void MakeSpecial(LinuxPath directory, string snapshotPath, Node node)
    {
        var path = directory.Child(node.Name);
        var found = target?.TryStat(path);
        // In a tree that is in use a link must not be gone for a moment because it is made anew as it was.
        var isThere = found is { } there && IsSameLink(directory, node, there);
        log.AddFile(0);
        log.Tell(snapshotPath, isThere ? RestoreActionKind.Keep : found is null ? RestoreActionKind.Create : RestoreActionKind.Update, 0);
        if (request.DryRun) return;
        if (!isThere)
        {
            if (found is { } stat) MakeRoom(directory, node.Name, stat);
            if (node.Type == NodeType.SymbolicLink) target!.MakeSymbolicLink(directory, node.Name, node.LinkTarget);
            else target!.MakeNode(directory, node.Name, node);
        }

        using var thing = target!.Open(path, LibC.PathOnly);
        if (MetadataWriter.Apply(thing, isPathOnly: true, node, existed: false) is { } wrong) log.Report(snapshotPath, FileIssueKind.Metadata, wrong);
        if (node.Type == NodeType.SymbolicLink) target.SetLinkTimes(directory, node.Name, node);
    }

    // One with other names is made anew: those may be somebody else's.
    private bool IsSameLink(LinuxPath directory, Node node, FileStat stat) =>
        node.Type == NodeType.SymbolicLink && stat.Type == node.Type && stat.Links == 1 && target!.LinkTargetOf(directory, node.Name) == node.LinkTarget;

    private void Link(LinuxPath directory, string snapshotPath, Node node)
    {
        var (firstDirectory, firstName) = _hardLinks[(node.DeviceId, node.Inode)];
        var first = target?.TryStat(firstDirectory.Child(firstName));
        var found = target?.TryStat(directory.Child(node.Name));
        var isThere = found is { } there && first is { } other && (there.Inode, there.Device) == (other.Inode, other.Device);
        log.AddFile(0);
        log.Tell(snapshotPath, isThere ? RestoreActionKind.Keep : found is null ? RestoreActionKind.Create : RestoreActionKind.Update, 0);
        if (isThere || request.DryRun) return;
        if (found is { } stat) MakeRoom(directory, node.Name, stat);
        target!.MakeHardLink(directory, node.Name, firstDirectory, firstName);
    }

    private void Make(Frame frame)
    {
        if (frame.IsMade) return;
        Make(frame.Parent!);
        frame.IsMade = true;
        if (!request.DryRun) frame.IsNew = target!.EnsureDirectory(frame.Parent!.Path, frame.Node!.Name);
        _directories.Add((frame.Path, frame.SnapshotPath, frame.Node!));
    }

    private void Finish((LinuxPath Path, string SnapshotPath, Node Node) directory)
    {
        if (request.DryRun) return;
        Try(directory.SnapshotPath, () =>
        {
            using var open = target!.Open(directory.Path, LibC.ReadOnly | LibC.Directory);
            if (MetadataWriter.Apply(open, isPathOnly: false, directory.Node, existed: true) is { } wrong) log.Report(directory.SnapshotPath, FileIssueKind.Metadata, wrong);
        });
    }

    private void Delete(Frame frame, HashSet<string> names)
    {
        if (target is null || !frame.IsMade || target.TryStat(frame.Path.Text.Length == 0 ? LinuxPath.Of(".") : frame.Path) is null) return;
        foreach (var name in target.List(frame.Path))
        {
            var snapshotPath = SnapshotPaths.Join(frame.SnapshotPath, name);
            if (names.Contains(name) || !request.Selection.Select(snapshotPath).IsSelected) continue;
            log.Tell(snapshotPath, RestoreActionKind.Delete, 0);
            if (!request.DryRun) Try(snapshotPath, () => log.AddDeleted(target.RemoveAll(frame.Path, name)));
        }
    }

    private bool Try(string snapshotPath, Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (LinuxError error)
        {
            log.Report(snapshotPath, FileIssueKind.Unreadable, error.Message);
            return false;
        }
    }

    private sealed record Frame(LinuxPath Path, string SnapshotPath, Node? Node, Frame? Parent, bool IsMade)
    {
        public bool IsMade { get; set; } = IsMade;

        /// <summary>Gets or sets whether the directory was made by this restore: what it puts there is not there yet.</summary>
        public bool IsNew { get; set; }
    }
}
