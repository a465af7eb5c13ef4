using System.Threading.Channels;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>Goes through the directories in order and hands out the files that must be read.</summary>
internal sealed class TreeWalk(BackupRun run, ChannelWriter<FileJob> jobs)
{
    private readonly SourceFilter _filter = run.Request.Filter;
    private readonly Dictionary<string, ulong> _devices = new(StringComparer.Ordinal);

    public async Task RunAsync(OpenDirectory root, CancellationToken cancellationToken)
    {
        try
        {
            var sources = SourceTree.Of(run.Request.Sources.Where(IsThere));
            if (_filter.OneFileSystem)
            {
                foreach (var item in run.Request.Sources.Where(source => TryStat(source.ReadFrom, out _))) _devices[AbsoluteOf(item.Path)] = FileStat.Of(LinuxPath.Of(item.ReadFrom)).Device;
            }

            await WalkTopAsync(sources, root, run.Request.Parent, cancellationToken);
        }
        finally
        {
            jobs.Complete();
        }
    }

    private bool IsThere(BackupSource source)
    {
        if (TryStat(source.ReadFrom, out var error)) return true;
        run.Report(source.Path, FileIssueKind.Unreadable, error!.Message);
        return false;
    }

    private static bool TryStat(string path, out LinuxError? error)
    {
        try
        {
            FileStat.Of(LinuxPath.Of(path));
            error = null;
            return true;
        }
        catch (LinuxError refused)
        {
            error = refused;
            return false;
        }
    }

    private async ValueTask WalkTopAsync(SourceTree tree, OpenDirectory directory, BlobId? before, CancellationToken cancellationToken)
    {
        run.State.Open(directory);
        var previous = directory.Previous = await run.PreviousAsync(directory.Path, before, cancellationToken);
        foreach (var (name, entry) in tree.Entries)
        {
            var slot = directory.AddSlot();
            if (entry.Source is { } source)
            {
                var recorded = AbsoluteOf(source.Path);
                if (IsInTaggedDirectory(AbsoluteOf(source.ReadFrom))) await run.CompleteAsync(directory, slot, null, cancellationToken);
                else await VisitAsync(directory, slot, name, LinuxPath.Of(source.ReadFrom), recorded, DeviceOf(recorded), parentIsOnSource: false, previous, null, cancellationToken);
                continue;
            }

            Node node;
            try
            {
                // What leads to a source may be a symbolic link: it is recorded as the directory that it leads to.
                var way = LinuxPath.Of(entry.MetadataFrom!);
                node = run.Nodes.Read(way, name, FileStat.Of(way, follow: true));
            }
            catch (LinuxError error)
            {
                run.Report(entry.MetadataFrom!, error);
                node = new() { Name = name, Type = NodeType.Directory, Mode = NodeMode.FromLinux(0x41ED) };
            }

            var earlier = previous.Find(name);
            var child = new OpenDirectory(directory, slot, SnapshotPaths.Join(directory.Path, name), node, previous.FindInParent(name));
            await WalkTopAsync(entry, child, earlier?.Subtree, cancellationToken);
        }

        await EndAsync(directory, cancellationToken);
    }

    private async ValueTask VisitAsync(
        OpenDirectory directory, int slot, string name, LinuxPath path, string recorded, ulong? device, bool parentIsOnSource, PreviousDirectory previous, SeenEntry? seen, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Node? node = null;
        try
        {
            if (seen is not null || !_filter.LeavesOut(recorded))
            {
                var stat = seen?.Stat ?? FileStat.Of(path);
                if (!_filter.LeavesOut(stat, device, parentIsOnSource))
                {
                    if (stat.Type == NodeType.Directory)
                    {
                        await WalkAsync(directory, slot, name, path, recorded, stat, device, previous, cancellationToken);
                        return;
                    }

                    if (stat.Type == NodeType.File)
                    {
                        node = Unchanged(path, name, stat, seen?.Attributes, previous);
                        if (node is null)
                        {
                            await jobs.WriteAsync(new(directory, slot, name, path, previous.FindInParent(name)), cancellationToken);
                            return;
                        }
                    }
                    else if (stat.Type is not (NodeType.Socket or NodeType.Unknown)) // As restic: a socket lives as long as who listens on it.
                    {
                        node = run.Nodes.Read(path, name, stat);
                        run.Counts.AddFile(previous.FindInParent(name) is null, isChanged: false, 0);
                        run.Meter.AddFile();
                    }
                }
            }
        }
        catch (LinuxError error)
        {
            run.Report(recorded, error);
        }

        await run.CompleteAsync(directory, slot, node, cancellationToken);
    }

    private async ValueTask WalkAsync(
        OpenDirectory parent, int slot, string name, LinuxPath path, string recorded, FileStat stat, ulong? device, PreviousDirectory above, CancellationToken cancellationToken)
    {
        var node = run.Nodes.Read(path, name, stat);
        var seen = run.Request.Scan?.Take(path);
        var names = seen?.Names ?? DirectoryListing.Read(path);
        var directory = new OpenDirectory(parent, slot, SnapshotPaths.Join(parent.Path, name), node, above.FindInParent(name));
        run.State.Open(directory);
        run.ExpectAfter(above, name, cancellationToken);
        var previous = directory.Previous = await run.PreviousAsync(directory.Path, above.Find(name)?.Subtree, cancellationToken);
        run.ExpectAfter(previous, null, cancellationToken);
        var tags = TagsOf(path);
        for (var at = 0; at < names.Count; at++)
        {
            var entry = names[at];
            if (tags.Count > 0 && tags.Any(tag => tag.FileName != entry)) continue;
            await VisitAsync(directory, directory.AddSlot(), entry, path.Child(entry), SnapshotPaths.Join(recorded, entry), device, stat.Device == device, previous, seen?.Entries[at], cancellationToken);
        }

        await EndAsync(directory, cancellationToken);
    }

    private async ValueTask EndAsync(OpenDirectory directory, CancellationToken cancellationToken)
    {
        if (directory.EndWalk()) await run.CloseAsync(directory, cancellationToken);
    }

    private Node? Unchanged(LinuxPath path, string name, in FileStat stat, IReadOnlyList<ExtendedAttribute>? attributes, PreviousDirectory previous)
    {
        if (previous.Find(name) is not { } before || !FileVersion.IsUnchanged(stat, before, run.Request.IgnoreInode, run.Request.IgnoreChangeTime)) return null;
        if (!run.Has(before.Content!))
        {
            run.Report(path.Text, FileIssueKind.ContentMissing, "Parts of its content are not in the vault any more; it is read again.");
            return null;
        }

        run.Counts.AddFile(previous.FindInParent(name) is null, isChanged: false, (long)stat.Size);
        run.Meter.AddFile();
        run.Meter.AddBytes((long)stat.Size);
        return run.Nodes.ReadFile(attributes ?? ExtendedAttributes.Of(path), name, stat, before.Content!, stat.Size);
    }

    private List<DirectoryTag> TagsOf(LinuxPath directory) => _filter.IfPresent.Count == 0 ? [] : [.. _filter.IfPresent.Where(tag => tag.Marks(directory))];

    private bool IsInTaggedDirectory(string path)
    {
        var slash = path.LastIndexOf('/');
        var directory = LinuxPath.Of(slash <= 0 ? "/" : path[..slash]);
        var name = path[(slash + 1)..];
        return _filter.IfPresent.Any(tag => tag.FileName != name && tag.Marks(directory));
    }

    // The device of the nearest source above it.
    private ulong? DeviceOf(string path)
    {
        for (var at = path; ; at = at.LastIndexOf('/') is > 0 and var slash ? at[..slash] : "/")
        {
            if (_devices.TryGetValue(at, out var device)) return device;
            if (at == "/") return null;
        }
    }

    private static string AbsoluteOf(string path) => path.StartsWith('/') ? PathParts.Clean(path) : PathParts.Clean(Directory.GetCurrentDirectory() + "/" + path);
}
