using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Volumes;

/// <summary>The shared volumes of a cluster, told from its records: the disks of its roles. Pure; what a machine sees of their devices is for the machine to say.</summary>
internal static class SharedVolumes
{
    /// <summary>All of them, as a node sees them.</summary>
    /// <param name="now">The wall clock: for what people are shown, and for nothing else.</param>
    public static IReadOnlyList<SharedVolumeInfo> Of(ClusterView view, NodeName self, DateTimeOffset now)
    {
        var backups = VolumeBackups.Of(view);
        return [.. from role in view.Roles.Values.Select(role => role.Value) from disk in DisksOf(role) select Describe(view, role, disk, backups, self, now)];
    }

    /// <summary>Where all of them are: the one answer to which are attached to a node.</summary>
    /// <param name="now">The wall clock: for maintenance, which has an end.</param>
    public static IReadOnlyList<SharedVolumeSummary> Places(ClusterView view, DateTimeOffset now) =>
    [
        .. from role in view.Roles.Values.Select(role => role.Value)
           from disk in DisksOf(role)
           select new SharedVolumeSummary(disk.Id, role.Name.Value, disk.Target, OwnerOf(view, role, disk)?.Value, MaintenanceMode.Of(view, role, now) is not null),
    ];

    /// <summary>The ids of those that are attached to a node.</summary>
    public static ImmutableArray<string> AttachedTo(ClusterView view, NodeName node) =>
        [.. from role in view.Roles.Values.Select(role => role.Value) from disk in DisksOf(role) where OwnerOf(view, role, disk) == node select disk.Id];

    private static SharedVolumeInfo Describe(ClusterView view, RoleSpec role, Disk disk, VolumeBackups backups, NodeName self, DateTimeOffset now)
    {
        var placement = PlacementOf(view, role);
        var owner = OwnerOf(view, role, disk);
        var place = owner is null ? SharedVolumePlace.Offline
            : MaintenanceMode.Of(view, role, now) is not null ? SharedVolumePlace.Maintenance
            : owner == self ? SharedVolumePlace.AttachedHere : SharedVolumePlace.OnlineElsewhere;
        var (state, here, anywhere) = backups.Of(role.Name, disk.Target, self);
        return new SharedVolumeInfo(
            disk.Id, view.Settings?.Name ?? "", disk.Device, disk.Target, place, owner?.Value, owner is not null ? now : placement?.History.FirstOrDefault()?.At,
            placement?.History.FirstOrDefault(decision => decision.Owner == self && decision.Phase == PlacementPhase.Assigned)?.At, FaultOf(view, role, disk, placement), state, here, anywhere);
    }

    private static string? FaultOf(ClusterView view, RoleSpec role, Disk disk, Placement? placement) =>
        placement?.Phase == PlacementPhase.Failed ? placement.History.FirstOrDefault()?.Because.Sentence ?? "Its role failed."
        : StatusOf(view, role, disk) is { State: OnlineState.Failed } failed ? failed.Reason : null;

    private static NodeName? OwnerOf(ClusterView view, RoleSpec role, Disk disk) => StatusOf(view, role, disk)?.State == OnlineState.Online ? PlacementOf(view, role)?.Owner : null;

    // What an owner said at an epoch that is over says nothing about the present.
    private static ResourceStatus? StatusOf(ClusterView view, RoleSpec role, Disk disk) =>
        PlacementOf(view, role) is { IsFree: false } placement && view.Statuses.TryGetValue(role.Name, out var status) && status.Value.Epoch == placement.Epoch
            ? status.Value.Resources.FirstOrDefault(resource => resource.Name == disk.Resource) : null;

    private static Placement? PlacementOf(ClusterView view, RoleSpec role) => view.Placements.TryGetValue(role.Name, out var placement) ? placement.Value : null;

    // A role that runs everywhere has a disk of its own on each node, which is shared with nobody.
    private static IEnumerable<Disk> DisksOf(RoleSpec role) => role.Mode == RoleMode.Everywhere ? [] :
        from resource in role.Resources
        let device = RoleDisks.DeviceOf(resource)
        let target = RoleDisks.FolderOf(resource)
        where device is not null && target is not null
        select new Disk(resource.Name, $"{role.Name}/{resource.Name}", device, target);

    private sealed record Disk(ResourceName Resource, string Id, string Device, string Target);
}
