using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Membership;

/// <summary>No node is special: each says the same, and each does what it is asked.</summary>
public sealed class StatusTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task Every_node_shows_the_same_cluster()
    {
        await Cluster.ApplyAsync(lab["b"], Declarations.Echo("echo", "10.77.0.100"));
        await lab.OnlineAsync("echo");

        // What is online was reported by its owner; the others' feeds follow.
        await lab.UntilAsync(async () => (await Task.WhenAll(Cluster.Hosts.Select(ShownByAsync))).Distinct().Count() == 1, "every node shows the same cluster");

        var status = await Cluster.QueryAsync(lab["c"], "cluster", "status");
        Assert.Equal("lab", status.Text("name"));
        Assert.Equal("ok", status.Text("store"));
        Assert.Equal(["a", "b", "c"], status.GetProperty("nodes").EnumerateArray().Select(node => node.Text("name")));
        Assert.All(status.GetProperty("nodes").EnumerateArray(), node => Assert.Equal("up", node.Text("state")));
    }

    [ClusterFact]
    public async Task Any_node_carries_a_role_through_its_whole_life()
    {
        foreach (var host in Cluster.Hosts)
        {
            var (role, others) = ($"life-{host.Name}", Cluster.Hosts.Where(other => other != host).ToList());
            await Cluster.CommandAsync(host, "role", "create", role, "--process", "/usr/bin/sleep infinity", "--user", "nobody", "--preferred-owners", host.Name, "--wait");
            await Cluster.MoveAsync(host, role, others[0].Name);
            Assert.Same(others[0], await lab.OnlineAsync(role, asked: host));
            await Cluster.CommandAsync(host, "resource", "add", role, "more", "--type", "process", "--command", "/usr/bin/sleep infinity", "--user", "nobody", "--depends-on", "process");
            await lab.UntilAsync(async () => await ResourceStateAsync(host, role, "more") == "online", "the new resource is online");
            await Cluster.CommandAsync(host, "resource", "offline", role, "more");
            await lab.UntilAsync(async () => await ResourceStateAsync(host, role, "more") == "offline", "the resource is offline");
            await Cluster.CommandAsync(host, "resource", "online", role, "more");
            await lab.UntilAsync(async () => await ResourceStateAsync(host, role, "more") == "online", "the resource is online again");
            await Cluster.CommandAsync(host, "resource", "restart", role, "process");
            await Cluster.CommandAsync(host, "role", "stop", role, "--wait");
            await Cluster.CommandAsync(host, "role", "start", role, "--wait");
            Assert.NotEmpty((await Cluster.QueryAsync(host, "role", "explain", role)).Text("why"));
            Assert.Equal(2, (await Cluster.QueryAsync(host, "role", "standby", role)).GetArrayLength());
            Assert.Contains($"{role}:", (await Cluster.QueryAsync(host, "role", "show", role)).Text("declaration"), StringComparison.Ordinal);
            await Cluster.CommandAsync(host, "node", "pause", others[1].Name);
            Assert.Equal("paused", (await Cluster.NodeAsync(others[0], others[1].Name)).Text("intent"));
            await Cluster.CommandAsync(host, "node", "resume", others[1].Name);
            Assert.NotEmpty(await Cluster.TokenAsync(host));
            await Cluster.CommandAsync(host, "delete", role, "--yes");
            await lab.UntilAsync(async () => (await Cluster.RolesAsync(host)).Count == 0, "the role is gone");
            Assert.Contains((await Cluster.QueryAsync(host, "events", "--role", role)).EnumerateArray(), item => item.Text("kind") == "role.online" && item.Text("node") == others[0].Name);
        }
    }

    private async Task<string> ShownByAsync(LabHost host)
    {
        var status = JsonNode.Parse((await Cluster.QueryAsync(host, "cluster", "status")).GetRawText())!.AsObject();
        status.Remove("answeredBy");
        status.Remove("revision");
        foreach (var node in status["nodes"]!.AsArray()) node!.AsObject().Remove("leaseAgeMs");
        return status.ToJsonString();
    }

    private async Task<string> ResourceStateAsync(LabHost host, string role, string resource) =>
        (await Cluster.RoleAsync(host, role)).GetProperty("resources").EnumerateArray().FirstOrDefault(item => item.Text("name") == resource) is { ValueKind: JsonValueKind.Object } found ? found.Text("state") : "";
}
