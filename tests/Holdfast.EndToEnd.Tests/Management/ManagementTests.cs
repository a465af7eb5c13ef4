using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Management;

/// <summary>The management service: one of it, reached everywhere, that goes on when its node is lost.</summary>
[Collection(ManagedCluster.Name)]
public sealed class ManagementTests(ThreeManagedNodes lab) : IAsyncLifetime
{
    private const string Virtual = ThreeManagedNodes.Address;

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task One_service_answers_through_every_node_and_the_virtual_address_and_goes_on_elsewhere_when_its_node_is_lost()
    {
        var owner = await lab.ServingAsync();
        var token = await lab.TokenAsync(owner);
        foreach (var address in Cluster.Hosts.Select(host => host.Address).Append(Virtual))
        {
            var seen = await lab.TryOverviewAsync(address, token);
            Assert.True(seen.ValueKind == JsonValueKind.Object, $"{address} does not lead to the service.");
            Assert.Equal(owner.Name, seen.Service());
        }

        foreach (var host in Cluster.Hosts)
            Assert.Equal(host == owner ? "200" : "503", await StatusAsync(lab.Lab.Client, host.Address, "/health/leader"));
        await PostAsync(lab.Lab.Client, Virtual, token, "nodes/c/pause", key: "once");

        await owner.PowerOffAsync();

        JsonElement after = default;
        await lab.UntilAsync(async () => (after = await lab.TryOverviewAsync(Virtual, token)).ValueKind == JsonValueKind.Object && after.Service() != owner.Name, "the service answers at its virtual address again");
        Assert.Equal(owner.Name, after.GetProperty("service").Text("movedFrom"));
        // A session or token is no matter of a node; nor is what was acknowledged.
        Assert.Equal("paused", (await NodeAsync(token, "c")).Text("intent"));
        await lab.UntilAsync(async () => await lab.TryOverviewAsync(Virtual, token) is { ValueKind: JsonValueKind.Object } now && now.GetProperty("database").Text("state") == "ok", "the new owner has opened the database");
        // The answer to a change that was sent twice is the first one, whoever gave it.
        Assert.Contains("Idempotent-Replayed: true", await PostAsync(lab.Lab.Client, Virtual, token, "nodes/c/pause", key: "once"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(after.GetProperty("needs").EnumerateArray(), need => need.Text("sentence").Contains(owner.Name, StringComparison.Ordinal));

        await owner.PowerOnAsync();
        await lab.AllUpAsync();
        JsonElement returned = default;
        await lab.UntilAsync(async () => (returned = await lab.TryOverviewAsync(owner.Address, token)).ValueKind == JsonValueKind.Object, "the node that returned leads to the service");
        Assert.Equal(after.Service(), returned.Service());
    }

    [ClusterFact]
    public async Task A_second_copy_of_the_service_writes_nothing()
    {
        var owner = await lab.ServingAsync();
        var token = await lab.TokenAsync(owner);
        var other = Cluster.Hosts.First(host => host != owner);
        var epoch = (await Cluster.QueryAsync(owner, "role", "explain", "management")).GetProperty("summary").Text("epoch");

        // Somebody starts it by hand with an epoch that is over: it serves nobody, and what it is asked to write is refused.
        await other.ShellAsync("HOLDFAST_NODE=x HOLDFAST_EPOCH=1.0 setsid holdfast management --run-dir /run/holdfast --state /var/lib/holdfast >/tmp/second.log 2>&1 & echo $! >/tmp/second.pid");
        await lab.UntilAsync(async () => (await other.RunAsync(["test", "-S", "/run/holdfast/management.sock"], ClusterFixture.Limit)).ExitCode == 0, "the second copy listens");
        var refused = await other.ShellAsync("curl -s --unix-socket /run/holdfast/management.sock -X PUT -H 'Holdfast-Caller: admin;local;second' -H 'Content-Type: application/json' http://x/api/v1/people/eve -d '{\"level\":\"admin\",\"password\":\"a long enough one\"}' || true");
        await other.ShellAsync("kill -9 $(cat /tmp/second.pid) || true; rm -f /run/holdfast/management.sock");

        // It is told so, or has ended already because something else that it wanted to write was refused.
        Assert.True(refused.Length == 0 || refused.Contains("management.superseded", StringComparison.Ordinal), refused);
        Assert.DoesNotContain("eve", await GetAsync(lab.Lab.Client, Virtual, token, "people"), StringComparison.Ordinal);
        Assert.Equal(epoch, (await Cluster.QueryAsync(owner, "role", "explain", "management")).GetProperty("summary").Text("epoch"));
    }

    private static Task<string> GetAsync(LabHost from, string address, string token, string path) => from.ShellAsync($"curl -sk -m 20 -H 'Authorization: Bearer {token}' https://{address}:7400/api/v1/{path}");

    private static Task<string> PostAsync(LabHost from, string address, string token, string path, string key) =>
        from.ShellAsync($"curl -sk -i -m 20 -X POST -H 'Idempotency-Key: {key}' -H 'Authorization: Bearer {token}' https://{address}:7400/api/v1/{path}");

    private static Task<string> StatusAsync(LabHost from, string address, string path) => from.ShellAsync($"curl -sk -m 20 -o /dev/null -w '%{{http_code}}' https://{address}:7400{path}");

    private async Task<JsonElement> NodeAsync(string token, string name) =>
        JsonDocument.Parse(await GetAsync(lab.Lab.Client, Virtual, token, "nodes")).RootElement.EnumerateArray().Single(node => node.Text("name") == name).Clone();
}
