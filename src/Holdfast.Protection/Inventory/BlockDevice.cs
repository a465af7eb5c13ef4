namespace Holdfast.Protection.Inventory;

/// <summary>A block device as <c>lsblk</c> and <c>blkid</c> describe it.</summary>
internal sealed record BlockDevice
{
    public required string KernelName { get; init; }

    public required string Path { get; init; }

    /// <summary>Gets its kind: disk, part, lvm, crypt, mpath, raid1, loop, rom …</summary>
    public required string Type { get; init; }

    public long Bytes { get; init; }

    public bool ReadOnly { get; init; }

    public string? FileSystem { get; init; }

    public string? Label { get; init; }

    public string? Uuid { get; init; }

    public string? PartitionUuid { get; init; }

    public string? PartitionType { get; init; }

    public string? PartitionFlags { get; init; }

    public int? Partition { get; init; }

    public long StartSector { get; init; }

    public string? TableId { get; init; }

    public string? Serial { get; init; }

    public string? Wwn { get; init; }

    /// <summary>Gets the devices it lies on, by their kernel names: one for a partition, several for LVM, RAID and multipath.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];
}
