namespace Holdfast.Protection.Inventory;

/// <summary>Finds the file systems of shared volumes on this machine, where the cluster knows them by device or folder. Pure.</summary>
internal static class SharedVolumePlaces
{
    /// <summary>The shared volumes with the ids of their file systems, as far as they can be told here.</summary>
    /// <param name="shared">What the cluster knows; what has an id already keeps it.</param>
    /// <param name="realPath">The device that a path leads to: one disk has many names.</param>
    public static IReadOnlyList<SharedVolumeFacts> Find(IReadOnlyList<SharedVolumeFacts> shared, IReadOnlyList<BlockDevice> devices, IReadOnlyList<MountedFileSystem> mounts, Func<string, string> realPath) =>
        [.. shared.Select(facts => facts.FileSystemGuid.Length > 0 ? facts : facts with { FileSystemGuid = ByMount(facts, devices, mounts) ?? ByDevice(facts, devices, realPath) ?? "" })];

    // Where it is attached the mount says it, also of an image file behind a loop device.
    private static string? ByMount(SharedVolumeFacts facts, IReadOnlyList<BlockDevice> devices, IReadOnlyList<MountedFileSystem> mounts) =>
        facts.Status is not (SharedVolumeStatus.AttachedHere or SharedVolumeStatus.Maintenance) || mounts.LastOrDefault(mount => mount.Target == facts.Target) is not { } mount ? null
        : mount.Uuid ?? devices.FirstOrDefault(device => device.Path == mount.Source)?.Uuid;

    private static string? ByDevice(SharedVolumeFacts facts, IReadOnlyList<BlockDevice> devices, Func<string, string> realPath) =>
        facts.Device is { } path && realPath(path) is var real ? devices.FirstOrDefault(device => device.Uuid is not null && realPath(device.Path) == real)?.Uuid : null;
}
