namespace Holdfast.Protection.Inventory;

/// <summary>Where a shared volume is, seen from this node.</summary>
public enum SharedVolumeStatus
{
    /// <summary>Attached to this node.</summary>
    AttachedHere,

    /// <summary>Attached to another node.</summary>
    OnlineElsewhere,

    /// <summary>Limited to the node it is attached to.</summary>
    Maintenance,

    /// <summary>Attached to no node.</summary>
    Offline,
}
