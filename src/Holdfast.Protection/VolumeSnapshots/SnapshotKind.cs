namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>How a state of a volume is held still while it is read.</summary>
public enum SnapshotKind
{
    /// <summary>A copy of the image file that shares its blocks (XFS, btrfs).</summary>
    Reflink,

    /// <summary>A read-only snapshot of the btrfs subvolume.</summary>
    Btrfs,

    /// <summary>A snapshot of the logical volume.</summary>
    Lvm,

    /// <summary>Nothing may write to the file system meanwhile.</summary>
    Freeze,

    /// <summary>Nothing holds it: it is not mounted for writing, or nothing can hold it.</summary>
    None,
}
