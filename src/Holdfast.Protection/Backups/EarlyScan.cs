using System.Collections.Concurrent;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>Looks at what is to be backed up while the vault is still being opened, in the order in which the backup goes through it afterwards.</summary>
/// <remarks>
/// Each directory is used once, and only for some seconds: what is older the backup looks at itself. A file that is written in between is what it was when the backup began,
/// as any other that is written while a backup runs. What cannot be read is the backup's own to meet. Memory is bounded by the number of entries it may be ahead.
/// </remarks>
/// <param name="request">What is to be backed up.</param>
/// <param name="time">The clock.</param>
public sealed class EarlyScan(BackupRequest request, TimeProvider time) : IDisposable
{
    private const int MaxEntriesAhead = 64 * 1024;
    private static readonly TimeSpan BelievedFor = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, SeenDirectory> _seen = new(StringComparer.Ordinal);
    private readonly SourceFilter _filter = request.Filter;
    private readonly CancellationTokenSource _ended = new();
    private Task _looking = Task.CompletedTask;
    private int _ahead;

    /// <summary>Begins to look; a scan that was not begun has seen nothing.</summary>
    public void Begin() => _looking = Task.Factory.StartNew(Look, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _ended.Cancel();
        _looking.Wait();
        _ended.Dispose();
    }

    /// <summary>Waits until all is seen, or as much as may be.</summary>
    internal Task WhenDoneAsync() => _looking;

    /// <summary>What was seen of a directory; null when it was not looked at, or too long ago.</summary>
    internal SeenDirectory? Take(LinuxPath path)
    {
        if (!_seen.TryRemove(path.Text, out var seen))
        {
            // The backup is faster: what would be found from now on would come too late.
            _ended.Cancel();
            return null;
        }

        Interlocked.Add(ref _ahead, -seen.Names.Count);
        return time.GetElapsedTime(seen.At) <= BelievedFor ? seen : null;
    }

    private void Look()
    {
        foreach (var source in request.Sources)
        {
            try
            {
                var clean = PathParts.Clean(source.Path);
                var path = LinuxPath.Of(source.ReadFrom == source.Path ? clean : source.ReadFrom);
                var stat = FileStat.Of(path);
                if (stat.Type == NodeType.Directory) Look(path, Path.GetFullPath(clean), stat);
            }
            catch (LinuxError)
            {
            }
        }
    }

    private void Look(LinuxPath path, string recorded, in FileStat directory)
    {
        if (_filter.IfPresent.Any(tag => tag.Marks(path))) return;
        var at = time.GetTimestamp();
        var names = DirectoryListing.Read(path);
        if (Volatile.Read(ref _ahead) + names.Count > MaxEntriesAhead) return;
        var entries = new SeenEntry?[names.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            if (_ended.IsCancellationRequested) return;
            entries[i] = Look(path.Child(names[i]), SnapshotPaths.Join(recorded, names[i]));
        }

        Interlocked.Add(ref _ahead, entries.Length);
        _seen[path.Text] = new(names, entries, at);
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i] is not { Stat: { Type: NodeType.Directory } stat } || (_filter.OneFileSystem && stat.Device != directory.Device)) continue;
            try
            {
                Look(path.Child(names[i]), SnapshotPaths.Join(recorded, names[i]), stat);
            }
            catch (LinuxError)
            {
            }
        }
    }

    private SeenEntry? Look(LinuxPath path, string recorded)
    {
        if (_filter.LeavesOut(recorded)) return null;
        try
        {
            var stat = FileStat.Of(path);
            return new(stat, stat.Type == NodeType.File ? ExtendedAttributes.Of(path) : null);
        }
        catch (LinuxError)
        {
            return null;
        }
    }
}
