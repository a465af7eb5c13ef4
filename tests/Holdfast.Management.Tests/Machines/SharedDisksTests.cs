using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Management.Machines;

namespace Holdfast.Management.Tests.Machines;

public sealed class SharedDisksTests
{
    [Fact]
    public void A_shared_volume_is_attached_where_the_cluster_says_and_a_move_changes_the_places()
    {
        var (onA, onB, nowhere) = (With("a"), With("b"), With(null));

        Assert.Equal(["orders/data"], SharedDisks.AttachedTo(onA, "a"));
        Assert.Empty(SharedDisks.AttachedTo(onA, "b"));
        Assert.Empty(SharedDisks.AttachedTo(nowhere, "b"));
        Assert.Empty(SharedDisks.AttachedTo(null, "a"));
        Assert.Equal(3, new[] { onA, onB, nowhere }.Select(SharedDisks.Places).Distinct().Count());
    }

    [Theory]
    [InlineData("b", false, "onlineElsewhere", "attachedHere")]
    [InlineData("b", true, "maintenance", "maintenance")]
    [InlineData(null, false, "offline", "offline")]
    public void The_page_of_a_machine_agrees_with_the_list_whatever_it_told_before_it_was_lost(string? owner, bool maintenance, string onA, string onB)
    {
        var told = JsonElement.Parse("""[{"facts":{"id":"orders/data","name":"orders/data","status":"attachedHere","owner":"a","fault":null},"device":"/dev/sdb","backedUpHere":true},{"facts":{"id":"gone/data"}}]""");
        var cluster = With(owner) with { SharedVolumes = [new("orders/data", "orders", "/srv/orders", owner, maintenance)] };

        var (a, b) = (Assert.Single(SharedDisks.SeenBy(cluster, "a", told)!.Value.EnumerateArray()), Assert.Single(SharedDisks.SeenBy(cluster, "b", null)!.Value.EnumerateArray()));

        Assert.Equal((owner, onA, "/dev/sdb", false), (a.GetProperty("facts").GetProperty("owner").GetString(), a.GetProperty("facts").GetProperty("status").GetString(), a.GetProperty("device").GetString(), a.GetProperty("backedUpHere").GetBoolean()));
        Assert.Equal(("orders/data", onB), (b.GetProperty("facts").GetProperty("name").GetString(), b.GetProperty("facts").GetProperty("status").GetString()));
        foreach (var node in (string[])["a", "b"])
            Assert.Equal(SharedDisks.AttachedTo(cluster, node).Any(), SharedDisks.SeenBy(cluster, node, told)!.Value[0].GetProperty("facts").GetProperty("owner").GetString() == node);
    }

    private static ClusterStatus With(string? owner) => MachineSamples.Cluster() with { SharedVolumes = [new("orders/data", "orders", "/srv/orders", owner)] };
}
