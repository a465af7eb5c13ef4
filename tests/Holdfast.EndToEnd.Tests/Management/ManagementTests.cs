using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Management.Tests.Tracing;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Management;

/// <summary>The management service: one of it, reached everywhere, that goes on when its node is lost.</summary>
[Collection(ManagedCluster.Name)]
public sealed class ManagementTests(ThreeManagedNodes lab) : IAsyncLifetime
{
    private const string Virtual = ThreeManagedNodes.Address;

    private TwoPeople? _people;

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    /// <summary>The next test finds a service in which one person may do what they may.</summary>
    public Task DisposeAsync() => _people?.PartAsync() ?? Task.CompletedTask;

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
        var people = _people = await TwoPeople.MeetAsync(lab, token);
        var struck = await people.StrikeAsync(owner); // The service, while it carries out what a second person approved.

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
        await people.SeeDoneAsync(struck);

        await owner.PowerOnAsync();
        await lab.AllUpAsync();
        await people.SeeDoneOnceAsync(struck);
        JsonElement returned = default;
        await lab.UntilAsync(async () => (returned = await lab.TryOverviewAsync(owner.Address, token)).ValueKind == JsonValueKind.Object, "the node that returned leads to the service");
        Assert.Equal(after.Service(), returned.Service());
    }

    [ClusterFact]
    public async Task A_request_at_a_node_that_does_not_own_the_service_is_one_trace_over_both_nodes()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        const string Asker = "00f067aa0ba902b7";
        const string Deed = "agent POST /v1/nodes/{node}/pause";
        var owner = await lab.ServingAsync();
        var (token, other) = (await lab.TokenAsync(owner), Cluster.Hosts.First(host => host != owner));
        var spans = lab.ReceiveSpans("spans");

        await lab.Lab.Client.ShellAsync($"curl -skf -m 20 -X POST -H 'traceparent: 00-{Trace}-{Asker}-01' -H 'Authorization: Bearer {token}' https://{other.Address}:7400/api/v1/nodes/c/pause");

        IReadOnlyList<SeenSpan> way = [];
        await lab.UntilAsync(() => (way = WayUp(spans.Of(Trace), Deed)) is [.., { Parent: Asker }], "all processes on the way have told of their part");
        Assert.Equal(
            [
                (Deed, owner.Name), ("ask agent", null), ("management POST /api/v1/nodes/{node}/pause", owner.Name), ("pass on here", null),
                ("agent POST /v1/peer/management/{**path}", owner.Name), ("pass on to owner", null), ("door POST", other.Name),
            ], way.Select(span => (span.Name, span.Tags.GetValueOrDefault("holdfast.node"))));
    }

    /// <summary>From a span to the first of its trace that has arrived.</summary>
    private static IReadOnlyList<SeenSpan> WayUp(IReadOnlyList<SeenSpan> seen, string from)
    {
        List<SeenSpan> way = [.. seen.Where(span => span.Name == from).Take(1)];
        while (way.Count > 0 && seen.FirstOrDefault(span => span.Id == way[^1].Parent) is { } parent) way.Add(parent);
        return way;
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
        Assert.DoesNotContain("\"eve\"", await GetAsync(lab.Lab.Client, Virtual, token, "people"), StringComparison.Ordinal);
        Assert.Equal(epoch, (await Cluster.QueryAsync(owner, "role", "explain", "management")).GetProperty("summary").Text("epoch"));
    }

    private static Task<string> GetAsync(LabHost from, string address, string token, string path) => from.ShellAsync($"curl -sk -m 20 -H 'Authorization: Bearer {token}' https://{address}:7400/api/v1/{path}");

    private static Task<string> PostAsync(LabHost from, string address, string token, string path, string key) =>
        from.ShellAsync($"curl -sk -i -m 20 -X POST -H 'Idempotency-Key: {key}' -H 'Authorization: Bearer {token}' https://{address}:7400/api/v1/{path}");

    private static Task<string> StatusAsync(LabHost from, string address, string path) => from.ShellAsync($"curl -sk -m 20 -o /dev/null -w '%{{http_code}}' https://{address}:7400{path}");

    private async Task<JsonElement> NodeAsync(string token, string name) =>
        JsonDocument.Parse(await GetAsync(lab.Lab.Client, Virtual, token, "nodes")).RootElement.EnumerateArray().Single(node => node.Text("name") == name).Clone();
}
