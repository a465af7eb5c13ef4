namespace Holdfast.Protection.Inventory;

/// <summary>Where on a disk a volume is.</summary>
/// <param name="Name">The disk's device, such as <c>/dev/sda</c>.</param>
/// <param name="Id">What names it on every machine: its WWN, else its serial number, else the id of its partition table; null when it has none.</param>
/// <param name="OffsetBytes">Where its partition begins; 0 on a whole disk.</param>
/// <param name="Partition">The number of the partition; null on a whole disk.</param>
public sealed record VolumeDisk(string Name, string? Id, long OffsetBytes, int? Partition);
