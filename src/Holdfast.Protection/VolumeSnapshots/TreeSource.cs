namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>What a backup of trees reads.</summary>
public enum TreeSource
{
    /// <summary>A volume snapshot where the file system has them and one holds all of the tree; else the files as they are.</summary>
    Auto,

    /// <summary>The files as they are: others may write to them meanwhile.</summary>
    Live,

    /// <summary>A volume snapshot; where there is none the backup is refused.</summary>
    Snapshot,
}
