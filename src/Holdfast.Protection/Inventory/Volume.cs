namespace Holdfast.Protection.Inventory;

/// <summary>A file system of this machine. Lengths are in bytes.</summary>
public sealed record Volume
{
    /// <summary>Gets the device that it is on, such as <c>/dev/mapper/vg-data</c>; the source as the kernel names it for one without a device.</summary>
    public required string Device { get; init; }

    /// <summary>Gets the id of the file system (its UUID), or null.</summary>
    public string? Guid { get; init; }

    /// <summary>Gets the id of its partition, or null.</summary>
    public string? PartitionGuid { get; init; }

    /// <summary>Gets its label, or null.</summary>
    public string? Label { get; init; }

    /// <summary>Gets the kind of file system, such as <c>xfs</c>.</summary>
    public required string FileSystem { get; init; }

    /// <summary>Gets where it is mounted, the shortest first; empty when it is not.</summary>
    public IReadOnlyList<VolumeMount> Mounts { get; init; } = [];

    /// <summary>Gets whether the machine starts from it: firmware or a boot loader reads it, or it holds <c>/boot</c>.</summary>
    public bool Bootable { get; init; }

    /// <summary>Gets whether it lies on an encrypted device (LUKS).</summary>
    public bool Encrypted { get; init; }

    /// <summary>Gets whether it is protected from writing: its device is read-only, or every mount of it.</summary>
    public bool Protected { get; init; }

    /// <summary>Gets whether what is written is compressed by the file system.</summary>
    public bool Compressed { get; init; }

    /// <summary>Gets its length: of the file system when it is mounted, of the device otherwise.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Gets what is used; null when it is not mounted.</summary>
    public long? UsedBytes { get; init; }

    /// <summary>Gets what is free; null when it is not mounted.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Gets the disks that it is on; several with LVM, RAID, or btrfs.</summary>
    public IReadOnlyList<VolumeDisk> Disks { get; init; } = [];

    /// <summary>Gets the id of the shared volume that it is, or null.</summary>
    public string? SharedVolumeId { get; init; }

    /// <summary>Gets whether it is a shared volume.</summary>
    public bool IsShared => SharedVolumeId is not null;
}
