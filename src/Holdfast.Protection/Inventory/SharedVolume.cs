namespace Holdfast.Protection.Inventory;

/// <summary>A shared volume of the cluster, as this machine sees it.</summary>
public sealed record SharedVolume
{
    /// <summary>Gets what the cluster knows of it.</summary>
    public required SharedVolumeFacts Facts { get; init; }

    /// <summary>Gets the device that it is on here; null where the disk cannot be seen.</summary>
    public string? Device { get; init; }

    /// <summary>Gets where on its disk it is; null where the disk cannot be seen.</summary>
    public VolumeDisk? Disk { get; init; }

    /// <summary>Gets whether this node backs it up: it is attached here, and not in maintenance.</summary>
    public bool BackedUpHere => Facts.Status == SharedVolumeStatus.AttachedHere;
}
