namespace Holdfast.Agent.Api;

/// <summary>GET /v1/volumes/shared: a shared volume of the cluster, as the asked node sees it: a disk of a role, attached to whoever owns that role.</summary>
/// <param name="Id">Its id in the cluster, the same on every node: <c>ROLE/RESOURCE</c>.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Device">Where it is, as it was declared: <c>UUID=…</c> or a path.</param>
/// <param name="Target">The folder on which it is mounted where it is attached.</param>
/// <param name="Status">Where it is attached.</param>
/// <param name="Owner">The node that it is attached to; null when it is to none.</param>
/// <param name="LastOnline">When it was last attached anywhere: now, while it is; null when nobody remembers.</param>
/// <param name="LastAttached">When this node last got it; null when nobody remembers: the last ten decisions about its role are kept.</param>
/// <param name="Fault">What is wrong with it; null when nothing is.</param>
/// <param name="BackupState">How its backups go: running, ok, failed, overdue or waiting; null when no job backs it up.</param>
/// <param name="LastBackupHere">When this node last backed it up.</param>
/// <param name="LastBackup">When anybody last did.</param>
public sealed record SharedVolumeInfo(
    string Id, string Cluster, string Device, string Target, SharedVolumePlace Status, string? Owner, DateTimeOffset? LastOnline, DateTimeOffset? LastAttached, string? Fault,
    string? BackupState, DateTimeOffset? LastBackupHere, DateTimeOffset? LastBackup);

/// <summary>Where a shared volume is, in a list.</summary>
/// <param name="Id">Its id in the cluster: <c>ROLE/RESOURCE</c>.</param>
/// <param name="Role">The role that it goes with.</param>
/// <param name="Target">The folder on which it is mounted where it is attached.</param>
/// <param name="Owner">The node that it is attached to; null when it is to none.</param>
/// <param name="Maintenance">Whether its role is in maintenance, its own or the cluster's.</param>
public sealed record SharedVolumeSummary(string Id, string Role, string Target, string? Owner, bool Maintenance = false);

/// <summary>Where a shared volume is, seen from a node.</summary>
public enum SharedVolumePlace
{
    /// <summary>Attached to that node.</summary>
    AttachedHere,

    /// <summary>Attached to another node.</summary>
    OnlineElsewhere,

    /// <summary>Attached to a node, and its role is in maintenance: nothing is done when something fails.</summary>
    Maintenance,

    /// <summary>Attached to no node.</summary>
    Offline,
}
