using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Stores;

/// <summary>Two nodes and one database are a cluster.</summary>
public sealed class SharedDatabaseTests(TwoNodesAndDatabase lab) : IClassFixture<TwoNodesAndDatabase>, IAsyncLifetime
{
    private const string Address = "10.77.0.101";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_lost_node_s_role_goes_to_the_other_one_and_nobody_needs_a_vote()
    {
        var (a, b) = (lab["a"], lab["b"]);
        await Cluster.ApplyAsync(a, Declarations.Beating("beat", Address, more: "preferred-owners: [a, b]"));
        await lab.OnlineAsync("beat", a);
        Assert.Empty(a.Find(ProductProcess.Etcd));

        await a.PowerOffAsync();

        await lab.OnlineAsync("beat", b, asked: b);
        Assert.Equal(["a", "b"], lab.Beats("beat").RequireOneAtATime().Select(run => run.Node));
        Assert.Equal("ok", (await Cluster.QueryAsync(b, "cluster", "status")).Text("store"));
        await Cluster.RefusedAsync(b, 4, "recover.not-needed", "cluster", "recover", "--yes");
    }

    [ClusterFact]
    public async Task Without_the_database_roles_end_in_time_and_come_back_by_themselves()
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating("beat", Address));
        var owner = await lab.OnlineAsync("beat");

        await lab.Database.Host.PullCableAsync();
        await lab.UntilAsync(async () => !await owner.HasAddressAsync(Address), "the role ended");
        var ended = BootClock.Now;
        await lab.Database.Host.PlugCableAsync();

        await lab.OnlineAsync("beat");
        await lab.UntilAsync(() => lab.Beats("beat").Runs()[^1].First > ended, "it beats again");
        lab.Beats("beat").RequireOneAtATime();
    }

    [ClusterFact]
    public async Task A_database_that_restarts_is_the_same_store_and_one_that_was_promoted_is_none_until_somebody_says_so()
    {
        var (a, b) = (lab["a"], lab["b"]);
        await Cluster.ApplyAsync(a, Declarations.Beating("beat", Address));
        await lab.OnlineAsync("beat");
        await lab.UntilAsync(async () => (await StoreIdAsync(a)).Length > 0, "the node knows its store");
        var store = await StoreIdAsync(a);

        await lab.Database.CrashAsync();
        await lab.Database.StartAsync();
        await lab.OnlineAsync("beat");
        Assert.Equal(store, await StoreIdAsync(a));

        await lab.Standby.FollowAsync(lab.Database);
        await lab.Database.Host.PowerOffAsync();
        await lab.Standby.QueryAsync("select pg_promote()");
        foreach (var host in (LabHost[])[a, b])
        {
            await lab.UntilAsync(async () => !await host.HasAddressAsync(Address), $"nothing runs on {host.Name}");
            await lab.UntilAsync(async () => (await Cluster.TryCommandAsync(host, "cluster", "status", "--json")).Output.Contains("holdfast cluster recover", StringComparison.Ordinal), $"{host.Name} says what to do");
        }

        await Cluster.CommandAsync(b, "cluster", "recover", "--yes");

        await lab.OnlineAsync("beat");
        await lab.UntilAsync(async () => await StoreIdAsync(a) is var now && now.Length > 0 && now != store, "a follows the new store");
        await lab.AllUpAsync();
        Assert.True(int.Parse((await Cluster.RoleAsync(b, "beat")).Text("epoch").Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) > 1_000);
        lab.Beats("beat").RequireOneAtATime();
    }

    private static async Task<string> StoreIdAsync(LabHost host) => (await host.ShellAsync("""sed -n 's/.*"storeId": "\(.*\)".*/\1/p' /var/lib/holdfast/node.json""")).Trim();
}
