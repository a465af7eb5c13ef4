using Holdfast.Cluster.Nodes;
using Holdfast.Management.Machines;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Machines;

public sealed class MachineInventoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_was_recalled_counts_as_what_there_is_and_not_as_all_that_there_is()
    {
        var cluster = MachineSamples.Cluster(MachineSamples.Node("a"), MachineSamples.Node("b", "down"), MachineSamples.Node("c", "down"), MachineSamples.Node("w", kind: NodeKind.Witness));
        var sights = new Dictionary<string, MachineSight> { ["a"] = MachineSamples.Sight("a", Now, "/"), ["b"] = MachineSamples.Sight("b", Now, "/srv") with { IsRecalled = true }, ["evicted"] = MachineSamples.Sight("evicted", Now, "/") };

        var inventory = MachineInventory.Of(cluster, sights);

        Assert.Equal([("a", true, true), ("b", true, false), ("c", true, false), ("w", false, false)], inventory.Nodes.Select(node => (node.Name, node.RunsJobs, node.Told)));
        Assert.Equal([("a", "/"), ("b", "/srv")], inventory.Things.Select(thing => (thing.Node!, thing.Name)));
    }

    [Fact]
    public void Shared_volumes_are_the_clusters_and_whoever_had_them_last_knows_their_file_system()
    {
        var cluster = MachineSamples.Cluster(MachineSamples.Node("a"), MachineSamples.Node("b")) with { SharedVolumes = [new("orders/data", "orders", "/srv/orders", null), new("mail/data", "mail", "/srv/mail", null)] };
        var sights = new Dictionary<string, MachineSight> { ["b"] = MachineSamples.Sight("b", Now, "/srv/orders=orders/data") };

        var inventory = MachineInventory.Of(cluster, sights);

        Assert.Equal([("orders/data", "orders", "/srv/orders", "xfs"), ("mail/data", "mail", "/srv/mail", null)], inventory.Things.Where(thing => thing.Kind == ThingKind.SharedVolume).Select(thing => (thing.Name, thing.Role!, thing.Mounts[0], thing.FileSystem)));
        Assert.True(inventory.KnowsShared);
        Assert.False(MachineInventory.Of(cluster with { SharedVolumes = null }, sights).KnowsShared);
    }
}
