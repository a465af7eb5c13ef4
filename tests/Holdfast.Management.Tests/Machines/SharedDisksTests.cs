using Holdfast.Agent.Api;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Machines;

namespace Holdfast.Management.Tests.Machines;

public sealed class SharedDisksTests
{
    [Fact]
    public void A_shared_volume_is_attached_where_its_disk_is_online_and_a_move_changes_the_places()
    {
        var (onA, onB, starting) = (With("a", "online"), With("b", "online"), With("b", "starting"));

        Assert.Equal(["orders/data"], SharedDisks.AttachedTo(onA, "a"));
        Assert.Empty(SharedDisks.AttachedTo(onA, "b"));
        Assert.Empty(SharedDisks.AttachedTo(starting, "b"));
        Assert.Empty(SharedDisks.AttachedTo(null, "a"));
        Assert.Equal(3, new[] { onA, onB, starting }.Select(SharedDisks.Places).Distinct().Count());
    }

    private static ClusterStatus With(string owner, string disk) => new()
    {
        Name = "lab", Id = "1", Profile = "lan", Revision = 1, AnsweredBy = "a", Store = "ok", Nodes = [], Warnings = [],
        Roles = [new RoleSummary("orders", owner, "1.1", PlacementPhase.Assigned, disk, "", DesiredState.Online, "", [new ResourceSummary("data", "disk", disk, ""), new ResourceSummary("service", "process", "online", "")])],
    };
}
