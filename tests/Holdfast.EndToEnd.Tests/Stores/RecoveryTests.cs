using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Stores;

/// <summary>The majority of the voters is gone for good: the last one goes on, and the others cannot go on beside it.</summary>
[Collection(ShortLeases.Name)]
public sealed class RecoveryTests(ThreeNodes lab) : IClassFixture<ThreeNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task The_last_voter_goes_on_and_lost_nodes_are_refused_until_they_join_again()
    {
        var (a, b, c) = (lab["a"], lab["b"], lab["c"]);
        await Cluster.ApplyAsync(a, Declarations.Beating("beat", "10.77.0.101", more: "preferred-owners: [a, b, c]"));
        await lab.OnlineAsync("beat", a);
        await Cluster.RefusedAsync(c, 4, "recover.not-needed", "cluster", "recover", "--yes");
        await Task.WhenAll(a.PowerOffAsync(), b.PowerOffAsync());

        var told = await Cluster.CommandAsync(c, "cluster", "recover", "--yes");

        Assert.Contains("a and b are not part of it any more", told, StringComparison.Ordinal);
        await lab.OnlineAsync("beat", c, asked: c);
        var generation = int.Parse((await Cluster.RoleAsync(c, "beat")).Text("epoch").Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(generation > 1_000);
        Assert.Equal(["c"], (await Cluster.QueryAsync(c, "node", "list")).EnumerateArray().Select(node => node.Text("name")));

        // Together they are the majority of the old store, and they have all of its data.
        await Task.WhenAll(a.PowerOnAsync(), b.PowerOnAsync());
        foreach (var back in (LabHost[])[a, b])
        {
            await lab.UntilAsync(async () => (await Cluster.TryCommandAsync(back, "cluster", "status")).Output.Contains("[node.left-behind]", StringComparison.Ordinal), $"{back.Name} knows that it was left behind");
            await lab.UntilAsync(() => back.Find(ProductProcess.Etcd).Count == 0, $"{back.Name} has no vote in the old store");
            Assert.False(await back.HasAddressAsync("10.77.0.101"));
        }

        Assert.Equal("c", lab.Beats("beat").RequireOneAtATime()[^1].Node);
        foreach (var back in (LabHost[])[a, b])
        {
            await back.StopProductAsync();
            await back.ShellAsync("rm -rf /var/lib/holdfast/*");
            back.StartProduct();
            await lab.AgentAnswersAsync(back);
            await Cluster.CommandAsync(back, "node", "join", "--token", await Cluster.TokenAsync(c), "--address", back.Address, "--node", back.Name);
        }

        await lab.AllUpAsync();
        await lab.UntilAsync(async () => (await Cluster.NodeAsync(c, "b")).GetProperty("voter").GetBoolean() && (await Cluster.QueryAsync(c, "cluster", "status")).Text("store") == "ok", "three voters again");
        await Cluster.MoveAsync(c, "beat", "a");
        lab.Beats("beat").RequireOneAtATime();
    }

    [ClusterFact]
    public async Task A_configuration_is_restored_in_place_and_every_node_keeps_a_copy_each_day()
    {
        var (a, b) = (lab["a"], lab["b"]);
        await Cluster.ApplyAsync(a, Declarations.Sleeping("kept"));
        await lab.OnlineAsync("kept");
        await Cluster.CommandAsync(a, "cluster", "backup", "/tmp/office.backup", "--force");
        await Cluster.RefusedAsync(a, 4, "file.exists", "cluster", "backup", "/tmp/office.backup");
        await Cluster.CommandAsync(a, "delete", "kept", "--yes");
        await Cluster.ApplyAsync(a, Declarations.Sleeping("later"));
        await lab.UntilAsync(async () => !(await Cluster.RolesAsync(a)).Any(role => role.Text("name") == "kept"), "the role is gone");

        await a.ShellAsync("sed 's/sleep/speep/' /tmp/office.backup >/tmp/changed.backup");
        await Cluster.RefusedAsync(a, 2, "backup.damaged", "cluster", "restore", "/tmp/changed.backup", "--yes");
        await Cluster.CommandAsync(a, "cluster", "restore", "/tmp/office.backup", "--yes");

        await lab.OnlineAsync("kept");
        await lab.UntilAsync(async () => !(await Cluster.RolesAsync(b)).Any(role => role.Text("name") == "later"), "what came after the backup is gone");
        Assert.Contains("Everything is as in", await Cluster.CommandAsync(a, "cluster", "restore", "/tmp/office.backup", "--dry-run"), StringComparison.Ordinal);
        foreach (var host in Cluster.Hosts)
            await lab.UntilAsync(async () => (await host.ShellAsync("ls /var/lib/holdfast/backups 2>/dev/null || true")).Contains(".backup", StringComparison.Ordinal), $"{host.Name} keeps a daily backup");
    }
}
