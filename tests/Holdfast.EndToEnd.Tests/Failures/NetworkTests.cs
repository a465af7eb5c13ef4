using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Failures;

/// <summary>Nodes that cannot hear each other, and nodes that are gone: the old owner is silent before the new one speaks.</summary>
[Collection(ShortLeases.Name)]
public sealed class NetworkTests(ThreeNodes lab) : IClassFixture<ThreeNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task An_owner_whose_cable_is_pulled_is_silent_before_another_node_speaks()
    {
        var owner = await BeginAsync("cable", "10.77.0.150", 7150);
        var incarnation = await IncarnationAsync(owner);

        await owner.PullCableAsync();
        var taker = await TakenOverAsync("cable", owner);

        lab.Beats("cable").RequireOneAtATime();
        Assert.Empty(owner.FindRole("cable"));
        Assert.False(await owner.HasAddressAsync("10.77.0.150"));
        await lab.UntilAsync(async () => (await lab.AskAsync("10.77.0.150", 7150)).StartsWith(taker.Name, StringComparison.Ordinal), "clients reach the new owner");
        await Cluster.RefusedAsync(owner, 5, "store.unavailable", "role", "move", "cable", "--to", owner.Name); // Alone it decides nothing.

        await owner.PlugCableAsync();
        await lab.AllUpAsync();
        Assert.True(await IncarnationAsync(owner) > incarnation);
        Assert.Same(taker, await lab.OnlineAsync("cable"));
        await Cluster.MoveAsync(owner, "cable", owner.Name);
        lab.Beats("cable").RequireOneAtATime();
    }

    [ClusterFact]
    public Task An_owner_that_is_not_heard_any_more_is_silent_before_another_node_speaks() => LosesOneDirectionAsync("unheard", "10.77.0.151", 7151, OneWay.Out);

    [ClusterFact]
    public Task An_owner_that_hears_nobody_any_more_is_silent_before_another_node_speaks() => LosesOneDirectionAsync("deaf", "10.77.0.152", 7152, OneWay.In);

    [ClusterFact]
    public async Task An_owner_that_loses_its_power_is_replaced_and_returns()
    {
        var owner = await BeginAsync("power", "10.77.0.153", 7153);
        var incarnation = await IncarnationAsync(owner);

        var off = await owner.PowerOffAsync();
        var taker = await TakenOverAsync("power", owner);

        Assert.True(lab.Beats("power").RequireOneAtATime()[0].Last <= off.Gone);
        await lab.UntilAsync(async () => (await lab.AskAsync("10.77.0.153", 7153)).StartsWith(taker.Name, StringComparison.Ordinal), "clients reach the new owner");
        var status = await Cluster.QueryAsync(taker, "cluster", "status");
        Assert.Equal("degraded", status.Text("store"));
        Assert.Contains(status.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith($"{owner.Name} is down", StringComparison.Ordinal));

        await owner.PowerOnAsync();
        await lab.AllUpAsync();
        Assert.True(await IncarnationAsync(owner) > incarnation);
        Assert.Same(taker, await lab.OnlineAsync("power"));
        lab.Beats("power").RequireOneAtATime();
    }

    [ClusterFact]
    public async Task With_two_of_three_nodes_gone_the_last_one_ends_its_roles_and_all_is_well_when_one_returns()
    {
        var owner = await BeginAsync("last", "10.77.0.154", 7154);
        var others = Cluster.Hosts.Where(host => host != owner).ToList();

        foreach (var other in others) await other.PowerOffAsync();

        await lab.UntilAsync(() => owner.FindRole("last").Count == 0, "without a majority the role ends");
        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(owner, "cluster", "status"))?.Text("store") == "no-quorum", "the node says that it has no majority");
        Assert.False(await owner.HasAddressAsync("10.77.0.154"));

        await others[0].PowerOnAsync();
        await lab.OnlineAsync("last");
        lab.Beats("last").RequireOneAtATime();
    }

    private async Task LosesOneDirectionAsync(string role, string address, int port, OneWay direction)
    {
        var owner = await BeginAsync(role, address, port);
        var incarnation = await IncarnationAsync(owner);

        await owner.DropAsync(direction);
        await TakenOverAsync(role, owner);

        lab.Beats(role).RequireOneAtATime();
        Assert.Empty(owner.FindRole(role));
        Assert.False(await owner.HasAddressAsync(address));

        await owner.HealAsync();
        await lab.AllUpAsync();
        Assert.True(await IncarnationAsync(owner) > incarnation);
        await lab.OnlineAsync(role);
        lab.Beats(role).RequireOneAtATime();
    }

    private async Task<LabHost> BeginAsync(string role, string address, int port)
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating(role, address, port, "preferred-owners: [b, c, a]"));
        return await lab.OnlineAsync(role);
    }

    private async Task<long> IncarnationAsync(LabHost host) => (await Cluster.NodeAsync(host, host.Name)).Number("incarnation");

    private async Task<LabHost> TakenOverAsync(string role, LabHost from)
    {
        await lab.UntilAsync(() => lab.Beats(role).Runs().Any(run => run.Node != from.Name), "another node takes the role");
        return await lab.OnlineAsync(role, asked: Cluster.Hosts.First(other => other != from));
    }
}
