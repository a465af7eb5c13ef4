using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Machines;

/// <summary>What there is to protect, from the cluster's records and what its machines told last: pure.</summary>
internal static class MachineInventory
{
    /// <summary>The inventory. Of a machine that was taken out nothing counts.</summary>
    public static PolicyInventory Of(ClusterStatus? cluster, IReadOnlyDictionary<string, MachineSight> sights)
    {
        var told = (cluster?.Nodes ?? []).Select(node => node.Name).Order(StringComparer.Ordinal).Select(name => sights.GetValueOrDefault(name)).OfType<MachineSight>().ToList();
        return new PolicyInventory(
            [.. (cluster?.Nodes ?? []).Select(node => new InventoryNode(node.Name, node.Kind != NodeKind.Witness, sights.GetValueOrDefault(node.Name) is { Seen: not null, IsRecalled: false }))],
            [.. (cluster?.Roles ?? []).Select(role => role.Name)],
            [.. told.SelectMany(sight => sight.Things), .. (cluster?.SharedVolumes ?? []).Select(shared => Describe(shared, told))])
        {
            KnowsShared = cluster?.SharedVolumes is not null,
        };
    }

    // Whoever it was attached to last knows its file system.
    private static InventoryThing Describe(SharedVolumeSummary shared, IEnumerable<MachineSight> told) => new(
        ThingKind.SharedVolume, shared.Id, null, shared.Role, [shared.Target], told.OrderByDescending(sight => sight.Seen).Select(sight => sight.FileSystems.GetValueOrDefault(shared.Id)).FirstOrDefault(kind => kind is not null));
}
