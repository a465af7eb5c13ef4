namespace Holdfast.Protection.Inventory;

/// <summary>What the cluster knows of a shared volume. The agent fills it; without a cluster there is none.</summary>
public sealed record SharedVolumeFacts
{
    /// <summary>Gets its id in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Gets the id of its file system, by which it is found on this machine; empty while nobody can tell.</summary>
    public required string FileSystemGuid { get; init; }

    /// <summary>Gets the device or image file that the cluster was told of; null when it was told the file system's id.</summary>
    public string? Device { get; init; }

    /// <summary>Gets the folder on which it is mounted where it is attached.</summary>
    public string? Target { get; init; }

    /// <summary>Gets where it is.</summary>
    public required SharedVolumeStatus Status { get; init; }

    /// <summary>Gets the node that it is attached to; null when it is to none.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets when it was last online anywhere.</summary>
    public DateTimeOffset? LastOnline { get; init; }

    /// <summary>Gets when it was last attached to this node.</summary>
    public DateTimeOffset? LastAttached { get; init; }

    /// <summary>Gets what is wrong with it; null when nothing is.</summary>
    public string? Fault { get; init; }

    /// <summary>Gets how its backups go, such as <c>ok</c>, <c>running</c>, <c>overdue</c>, <c>failed</c>; null when it is not backed up.</summary>
    public string? BackupState { get; init; }

    /// <summary>Gets when this node last backed it up.</summary>
    public DateTimeOffset? LastBackupHere { get; init; }

    /// <summary>Gets when anybody last backed it up.</summary>
    public DateTimeOffset? LastBackup { get; init; }
}
