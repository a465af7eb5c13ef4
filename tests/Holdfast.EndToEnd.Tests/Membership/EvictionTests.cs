using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Membership;

/// <summary>A node that is put out of the cluster.</summary>
[Collection(ShortLeases.Name)]
public sealed class EvictionTests(ThreeNodes lab) : IClassFixture<ThreeNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task An_evicted_node_loses_its_roles_and_its_voice_and_may_join_again()
    {
        var (a, c) = (lab["a"], lab["c"]);
        await Cluster.ApplyAsync(a, Declarations.Beating("beat", "10.77.0.101", more: "preferred-owners: [c, b]"));
        await lab.OnlineAsync("beat", c);
        var incarnation = (await Cluster.NodeAsync(a, "c")).Number("incarnation");

        await Cluster.CommandAsync(a, "node", "evict", "c", "--yes");

        await lab.OnlineAsync("beat", lab["b"], asked: a);
        lab.Beats("beat").RequireOneAtATime();
        Assert.False(await c.HasAddressAsync("10.77.0.101"));
        Assert.Equal(["a", "b"], (await Cluster.QueryAsync(a, "node", "list")).EnumerateArray().Select(node => node.Text("name")));
        await Cluster.RefusedAsync(a, 3, "node.not-found", "node", "resume", "c");
        await RequireMuteAsync(c);

        await c.StopProductAsync();
        await c.ShellAsync("rm -rf /var/lib/holdfast/*");
        c.StartProduct();
        await lab.AgentAnswersAsync(c);
        await Cluster.CommandAsync(c, "node", "join", "--token", await Cluster.TokenAsync(a), "--address", c.Address, "--node", "c");
        await lab.AllUpAsync();

        Assert.True((await Cluster.NodeAsync(a, "c")).Number("incarnation") > incarnation);
        await Cluster.MoveAsync(c, "beat", "c");
        lab.Beats("beat").RequireOneAtATime();
    }

    [ClusterFact]
    public async Task A_node_cannot_evict_itself_nor_one_that_is_not_there()
    {
        await Cluster.RefusedAsync(lab["a"], 4, "node.self", "node", "evict", "a", "--yes");
        await Cluster.RefusedAsync(lab["a"], 3, "node.not-found", "node", "evict", "z", "--yes");
        await Cluster.RefusedAsync(lab["a"], 4, "node.still-up", "node", "confirm-down", "b", "--yes");
    }

    /// <summary>Neither its agent nor its keys get it anything from the cluster.</summary>
    private async Task RequireMuteAsync(LabHost evicted)
    {
        await lab.UntilAsync(async () => (await Cluster.TryCommandAsync(evicted, "role", "move", "beat", "--to", "c")).ExitCode != 0, "the evicted node changes nothing any more");
        Assert.Contains(" 403 ", await AskWithOwnKeysAsync(evicted), StringComparison.Ordinal);
        Assert.Contains(" 200 ", await AskWithOwnKeysAsync(lab["b"]), StringComparison.Ordinal);
        foreach (var port in (int[])[2379, 2380])
        {
            await lab.UntilAsync(async () => !(await AskWithOwnKeysAsync(evicted, port, "/version")).Contains(" 200 ", StringComparison.Ordinal), $"etcd's port {port} refuses the evicted node");
            Assert.Contains(" 200 ", await AskWithOwnKeysAsync(lab["b"], port, "/version"), StringComparison.Ordinal);
        }
    }

    private async Task<string> AskWithOwnKeysAsync(LabHost host, int port = 7443, string path = "/v1/peer/events?limit=1") => await host.ShellAsync($"""
        cd /var/lib/holdfast/trust
        printf 'GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
            openssl s_client -quiet -connect {lab["a"].Address}:{port} -CAfile ca.crt -cert node.crt -key node.key 2>/dev/null | head -1
        """);
}
