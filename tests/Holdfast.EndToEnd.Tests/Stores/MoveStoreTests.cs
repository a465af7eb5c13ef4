using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Stores;

/// <summary>A cluster of one machine grows.</summary>
public sealed class MoveStoreTests(OneNodeAndSpares lab) : IClassFixture<OneNodeAndSpares>
{
    private LabCluster Cluster => lab.Cluster;

    [ClusterFact]
    public async Task From_its_embedded_store_to_etcd_with_all_its_roles_and_then_another_node_joins()
    {
        var (a, c, d) = (lab["a"], lab["c"], lab["d"]);
        await Cluster.RefusedAsync(a, 4, "store.not-embedded", "cluster", "move-store", "--address", a.Address, "--yes");
        await Cluster.CommandAsync(c, "cluster", "create", "solo", "--single-node", "--no-management", "--node", "c", "--profile", "wan");
        await Cluster.ApplyAsync(c, Declarations.Beating("beat", "10.77.0.101"));
        await Cluster.ApplyAsync(c, Declarations.Sleeping("nap"));
        await OnlineAsync("beat", c, asked: c);
        await OnlineAsync("nap", c, asked: c);
        var yaml = (await Cluster.QueryAsync(c, "role", "show", "beat")).Text("declaration");

        await Cluster.CommandAsync(c, "cluster", "move-store", "--address", c.Address, "--yes");

        await OnlineAsync("beat", c, asked: c);
        await OnlineAsync("nap", c, asked: c);
        Assert.NotEmpty(c.Find(ProductProcess.Etcd));
        Assert.Equal(yaml, (await Cluster.QueryAsync(c, "role", "show", "beat")).Text("declaration"));
        Assert.True(int.Parse((await Cluster.RoleAsync(c, "beat")).Text("epoch").Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) > 1_000);
        await Cluster.CommandAsync(d, "node", "join", "--token", await Cluster.TokenAsync(c), "--address", d.Address, "--node", "d");
        await lab.UntilAsync(async () => (await Cluster.TryCommandAsync(d, "role", "move", "beat", "--to", "d", "--wait")).ExitCode == 0, "the role moves to the new node");
        Assert.Equal(["c", "c", "d"], lab.Beats("beat").RequireOneAtATime().Select(run => run.Node));
    }

    private Task OnlineAsync(string role, LabHost on, LabHost asked) => lab.UntilAsync(
        async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?.EnumerateArray().Any(item => item.Text("name") == role && item.Text("state") == "online" && item.Text("owner") == on.Name) == true,
        $"role {role} is online on {on.Name}");
}
