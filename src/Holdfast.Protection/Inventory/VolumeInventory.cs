namespace Holdfast.Protection.Inventory;

/// <summary>Puts together what block devices, mounts and the cluster say. Pure.</summary>
internal static class VolumeInventory
{
    private const string EfiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
    private const string BiosBoot = "21686148-6449-6e6f-744e-656564454649";

    // What holds other devices, not files.
    private static readonly HashSet<string> NoFileSystems = ["LVM2_member", "LVM1_member", "crypto_LUKS", "linux_raid_member", "mpath_member", "swap", "zfs_member", "drbd", "bcache", "isw_raid_member", "ddf_raid_member"];

    public static MachineVolumes Build(IReadOnlyList<BlockDevice> devices, IReadOnlyList<MountedFileSystem> mounts, IReadOnlyList<SharedVolumeFacts> shared)
    {
        var byName = devices.ToDictionary(device => device.KernelName);
        var volumes = FromDevices(devices, byName, mounts).Concat(WithoutDevice(devices, mounts)).ToList();
        var separateBoot = volumes.Any(volume => volume.Mounts.Any(mount => mount.Path == "/boot"));
        var factsOf = shared.ToLookup(facts => facts.FileSystemGuid, StringComparer.OrdinalIgnoreCase);

        var local = new List<Volume>();
        foreach (var volume in volumes)
        {
            var facts = volume.Guid is { } guid ? factsOf[guid].FirstOrDefault() : null;
            // Its disk can be seen from here, but it is not ours: another node writes to it.
            if (facts is not null && !IsHere(facts, volume)) continue;
            var boots = volume.Mounts.Any(mount => mount.Path is "/boot" or "/boot/efi" or "/efi" || (mount.Path == "/" && !separateBoot));
            local.Add(volume with { SharedVolumeId = facts?.Id, Bootable = volume.Bootable || boots });
        }

        return new(local, [.. shared.Select(facts => Seen(facts, volumes.Find(volume => string.Equals(volume.Guid, facts.FileSystemGuid, StringComparison.OrdinalIgnoreCase))))]);
    }

    private static bool IsHere(SharedVolumeFacts facts, Volume volume) => facts.Status switch
    {
        SharedVolumeStatus.AttachedHere => true,
        SharedVolumeStatus.Maintenance => volume.Mounts.Count > 0,
        _ => false,
    };

    private static SharedVolume Seen(SharedVolumeFacts facts, Volume? volume) => new() { Facts = facts, Device = volume?.Device, Disk = volume?.Disks.FirstOrDefault() };

    private static IEnumerable<Volume> FromDevices(IReadOnlyList<BlockDevice> devices, Dictionary<string, BlockDevice> byName, IReadOnlyList<MountedFileSystem> mounts)
    {
        var holders = devices.SelectMany(device => device.Parents).ToHashSet();
        var candidates = devices.Where(device => IsMounted(device, mounts)
            || (device.FileSystem is { } kind && !NoFileSystems.Contains(kind) && !holders.Contains(device.KernelName)));

        // A btrfs of several devices is one volume; so are paths that multipath was not told to put together. Without an id each is its own.
        foreach (var group in candidates.GroupBy(device => device.Uuid ?? device.Path))
        {
            var device = group.FirstOrDefault(device => IsMounted(device, mounts)) ?? group.First();
            var here = mounts.Where(mount => group.Any(member => member.Path == mount.Source)).OrderBy(mount => mount.Target.Length).ThenBy(mount => mount.Target, StringComparer.Ordinal).ToList();
            var origins = group.SelectMany(member => Ancestors(member, byName)).Distinct().ToList();
            yield return new()
            {
                Device = device.Path,
                Guid = device.Uuid ?? here.FirstOrDefault()?.Uuid,
                PartitionGuid = device.PartitionUuid,
                Label = device.Label ?? here.FirstOrDefault()?.Label,
                FileSystem = device.FileSystem ?? here.First().FileSystem,
                Mounts = [.. here.Select(MountOf)],
                Bootable = group.Any(IsBootPartition),
                Encrypted = origins.Any(origin => origin.Type == "crypt" || origin.FileSystem == "crypto_LUKS"),
                Protected = group.All(member => member.ReadOnly) || (here.Count > 0 && here.TrueForAll(mount => mount.Options.Contains("ro"))),
                Compressed = here.Exists(Compresses),
                TotalBytes = here.FirstOrDefault()?.Bytes ?? group.Sum(member => member.Bytes),
                UsedBytes = here.FirstOrDefault()?.UsedBytes,
                FreeBytes = here.FirstOrDefault()?.FreeBytes,
                Disks = [.. DisksOf(origins, byName)],
            };
        }
    }

    /// <summary>What is mounted without a block device: ZFS, network file systems, overlays.</summary>
    private static IEnumerable<Volume> WithoutDevice(IReadOnlyList<BlockDevice> devices, IReadOnlyList<MountedFileSystem> mounts)
    {
        var known = devices.Select(device => device.Path).ToHashSet();
        foreach (var group in mounts.Where(mount => !known.Contains(mount.Source)).GroupBy(mount => (mount.Source, mount.FileSystem)))
        {
            var first = group.OrderBy(mount => mount.Target.Length).First();
            yield return new()
            {
                Device = first.Source, Guid = first.Uuid, Label = first.Label, FileSystem = first.FileSystem, Mounts = [.. group.OrderBy(mount => mount.Target.Length).Select(MountOf)],
                Protected = group.All(mount => mount.Options.Contains("ro")), Compressed = group.Any(Compresses),
                TotalBytes = first.Bytes ?? 0, UsedBytes = first.UsedBytes, FreeBytes = first.FreeBytes,
            };
        }
    }

    private static bool IsMounted(BlockDevice device, IReadOnlyList<MountedFileSystem> mounts) => mounts.Any(mount => mount.Source == device.Path);

    private static VolumeMount MountOf(MountedFileSystem mount) => new(mount.Target, mount.Root, mount.Options.Contains("ro"));

    private static bool Compresses(MountedFileSystem mount) =>
        mount.Options.Any(option => option is "compress" or "compress-force" || ((option.StartsWith("compress=", StringComparison.Ordinal) || option.StartsWith("compress-force=", StringComparison.Ordinal)) && !option.EndsWith("=no", StringComparison.Ordinal)));

    private static bool IsBootPartition(BlockDevice device) =>
        device.PartitionType?.ToLowerInvariant() is EfiSystem or BiosBoot or "0xef" || device.PartitionFlags is "0x80" or "0x4";

    private static IEnumerable<BlockDevice> Ancestors(BlockDevice device, Dictionary<string, BlockDevice> byName) =>
        device.Parents.Where(byName.ContainsKey).SelectMany(parent => Ancestors(byName[parent], byName)).Prepend(device);

    private static IEnumerable<VolumeDisk> DisksOf(IReadOnlyList<BlockDevice> origins, Dictionary<string, BlockDevice> byName)
    {
        var disks = origins.Where(origin => !origin.Parents.Any(byName.ContainsKey)).ToList();
        var seen = new HashSet<string>();
        foreach (var disk in disks)
        {
            var id = disk.Wwn ?? disk.Serial ?? disk.TableId;
            if (id is not null && !seen.Add(id)) continue; // Another path to the same disk.
            var partition = origins.FirstOrDefault(origin => origin.Type == "part" && Ancestors(origin, byName).Contains(disk));
            yield return new(disk.Path, id, (partition?.StartSector ?? 0) * 512, partition?.Partition);
        }
    }
}
