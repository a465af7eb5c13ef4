using Holdfast.Protection.Backups;
using Holdfast.Protection.Native;
using Holdfast.Protection.Volumes;

namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>The trees of a backup as they were at its start, as far as their file systems can hold them. Given up by <see cref="DisposeAsync"/>, or at once when the volume is wanted elsewhere.</summary>
public sealed class HeldTrees : IAsyncDisposable
{
    /// <summary>What is ours beside the data is no part of it.</summary>
    public const string OwnFiles = ".holdfast.*.*.*";

    private readonly List<VolumeSnapshot> _snapshots = [];
    private readonly CancellationTokenSource _lost = new();

    private HeldTrees()
    {
    }

    /// <summary>Gets what to back up, each with where it is read.</summary>
    public IReadOnlyList<BackupSource> Sources { get; private set; } = [];

    /// <summary>Gets whether anything is read from a volume snapshot.</summary>
    public bool IsHeld => _snapshots.Count > 0;

    /// <summary>Gets what fires when the states were given up before their reader was done.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes them, after what a killed attempt left was removed.</summary>
    /// <param name="paths">What is backed up: absolute.</param>
    /// <param name="leftOut">Paths below those that are left out.</param>
    /// <param name="source">What may be read.</param>
    /// <param name="job">The job.</param>
    /// <param name="run">The attempt; of all others what is left is removed.</param>
    /// <param name="tell">Is told why a tree is read as it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HoldfastException"><c>snapshot.unavailable</c>, or what the tools say, when it must be a snapshot.</exception>
    public static async Task<HeldTrees> TakeAsync(
        IReadOnlyList<string> paths, IReadOnlyCollection<string> leftOut, TreeSource source, string job, string run, Action<string> tell, TimeProvider time, CancellationToken cancellationToken)
    {
        var held = new HeldTrees();
        try
        {
            Dictionary<string, VolumeSnapshot?> taken = new(StringComparer.Ordinal);
            List<BackupSource> sources = [];
            foreach (var path in paths) sources.Add(new(path) { ReadFrom = await held.PlaceOfAsync(path, leftOut, source, new(job, run, "tree"), taken, tell, time, cancellationToken) });
            held.Sources = sources;
            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives them up now: who reads them sees <see cref="Lost"/>, and nobody waits for it.</summary>
    public async Task DropAsync()
    {
        await _lost.CancelAsync();
        await Task.WhenAll(_snapshots.Select(snapshot => snapshot.DropAsync()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var snapshot in _snapshots) await snapshot.DisposeAsync();
        _lost.Dispose();
    }

    private async Task<string> PlaceOfAsync(
        string path, IReadOnlyCollection<string> leftOut, TreeSource source, SnapshotName name, Dictionary<string, VolumeSnapshot?> taken, Action<string> tell, TimeProvider time, CancellationToken cancellationToken)
    {
        if (source == TreeSource.Live) return path;
        if (await WhyNotAsync(path, leftOut, cancellationToken) is { } why)
        {
            if (source == TreeSource.Snapshot) throw new HoldfastException(ErrorKind.Conflict, "snapshot.unavailable", $"No volume snapshot can hold all of '{path}': {why}.", "Put what is in the way out, give it a job of its own, or set source: auto to read the files as they are.");
            tell($"reads {path} as it is: {why}");
            return path;
        }

        var subvolume = BtrfsSnapshots.SubvolumeOf(path)!;
        if (!taken.TryGetValue(subvolume, out var snapshot)) taken[subvolume] = snapshot = await TakeAsync(subvolume, source, name, tell, time, cancellationToken);
        return snapshot is null ? path : Path.GetFullPath(Path.Combine(snapshot.Path, Path.GetRelativePath(subvolume, path)));
    }

    private async Task<VolumeSnapshot?> TakeAsync(string subvolume, TreeSource source, SnapshotName name, Action<string> tell, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await BtrfsSnapshots.ReapAsync(subvolume, name.Job, name.Run, cancellationToken);
            var snapshot = await BtrfsSnapshots.TakeAsync(subvolume, name, Timeout.InfiniteTimeSpan, time, cancellationToken);
            _snapshots.Add(snapshot);
            return snapshot;
        }
        catch (HoldfastException unable) when (source == TreeSource.Auto && unable.Code.StartsWith("tool.", StringComparison.Ordinal))
        {
            tell($"reads {subvolume} as it is: {unable.Message}");
            return null;
        }
    }

    /// <summary>Why a snapshot would lack a part of a tree; null when it would not. What is another volume is an empty folder in it.</summary>
    private static async Task<string?> WhyNotAsync(string path, IReadOnlyCollection<string> leftOut, CancellationToken cancellationToken)
    {
        if (BtrfsSnapshots.SubvolumeOf(path) is not { } subvolume || !IsSameDevice(path, subvolume)) return "its file system has no snapshots of trees";
        if (MountTable.MountsBelow(path).FirstOrDefault(mount => !leftOut.Any(without => IsBelow(mount, without))) is { } mounted) return $"{mounted} is another volume";
        try
        {
            return await BtrfsSnapshots.HasSubvolumesAsync(subvolume, cancellationToken) ? $"there are other subvolumes in {subvolume}" : null;
        }
        catch (HoldfastException unable)
        {
            return unable.Message.TrimEnd('.');
        }
    }

    // A subvolume has a device number of its own: what leads to the path may be a link, or a mount, out of it.
    private static bool IsSameDevice(string one, string other) =>
        (LibC.Stat(one), LibC.Stat(other)) is var (here, there) && (here.DeviceMajor, here.DeviceMinor) == (there.DeviceMajor, there.DeviceMinor);

    private static bool IsBelow(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
