using Holdfast.Protection.Native;

namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>Read-only snapshots of btrfs subvolumes, inside the subvolume, through btrfs-progs.</summary>
/// <remarks>Other subvolumes inside it are empty folders in the snapshot: that is how btrfs does it. They are backed up as volumes of their own.</remarks>
public static class BtrfsSnapshots
{
    private const ulong SubvolumeInode = 256;
    private const uint BtrfsMagic = 0x9123683E;

    /// <summary>The subvolume that a path is in, or null when it is not on btrfs.</summary>
    public static string? SubvolumeOf(string path)
    {
        for (var folder = Path.GetFullPath(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(folder) && LibC.Stat(folder).Inode == SubvolumeInode) return LibC.FileSystemOf(folder) == BtrfsMagic ? folder : null;
        }

        return null;
    }

    /// <summary>Takes one of the subvolume that a path is in; the snapshot's path leads to that same path within it.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.unavailable</c>, <c>tool.missing</c>, <c>tool.failed</c>.</exception>
    public static async Task<VolumeSnapshot> TakeAsync(string path, SnapshotName name, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        var subvolume = SubvolumeOf(path) ?? throw new HoldfastException(ErrorKind.Conflict, "snapshot.unavailable", $"'{path}' is not in a btrfs subvolume.");
        var snapshot = Path.Combine(subvolume, name.ToString());
        await Tool.RunAsync("btrfs", ["subvolume", "snapshot", "-r", subvolume, snapshot], cancellationToken);
        var within = Path.GetRelativePath(subvolume, Path.GetFullPath(path));
        return new(SnapshotKind.Btrfs, Path.GetFullPath(Path.Combine(snapshot, within)), deadline, () => RemoveAsync(snapshot, CancellationToken.None), time);
    }

    /// <summary>Removes what earlier runs of the job left in the subvolume of a path; what was removed.</summary>
    public static async Task<IReadOnlyList<string>> ReapAsync(string path, string job, string run, CancellationToken cancellationToken)
    {
        if (SubvolumeOf(path) is not { } subvolume) return [];
        var leftOver = SnapshotName.LeftOver(Directory.EnumerateDirectories(subvolume, ".holdfast.*").Select(folder => Path.GetFileName(folder)!), job, run, new HashSet<string>());
        foreach (var name in leftOver) await RemoveAsync(Path.Combine(subvolume, name), cancellationToken);
        return leftOver;
    }

    /// <summary>Whether there are subvolumes within one, but for snapshots of ours.</summary>
    /// <exception cref="HoldfastException"><c>tool.missing</c>, <c>tool.failed</c>: only root may ask.</exception>
    public static async Task<bool> HasSubvolumesAsync(string subvolume, CancellationToken cancellationToken) =>
        // ID 257 gen 10 top level 5 path data/inner
        (await Tool.RunAsync("btrfs", ["subvolume", "list", "-o", subvolume], cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Any(line => !SnapshotName.TryParse(Path.GetFileName(line[(line.IndexOf(" path ", StringComparison.Ordinal) + 6)..].TrimEnd()), out _));

    private static Task RemoveAsync(string snapshot, CancellationToken cancellationToken) => Tool.RunAsync("btrfs", ["subvolume", "delete", snapshot], cancellationToken);
}
