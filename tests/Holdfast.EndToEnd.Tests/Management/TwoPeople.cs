using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Management;

/// <summary>Berta, who asks over the network for what destroys something, and root, who approves it on a node; and a blow to the service in the middle of it.</summary>
internal sealed class TwoPeople
{
    private const string Password = "four eyes see more";
    private const string Both = "berta, approved by user root";
    private const int MostBlows = 5;
    private readonly ThreeManagedNodes _lab;
    private readonly string _token;
    private readonly string _csrf;

    private TwoPeople(ThreeManagedNodes lab, string token, string csrf) => (_lab, _token, _csrf) = (lab, token, csrf);

    /// <summary>Makes Berta an administrator, and lets the deletion of roles need a second person.</summary>
    /// <param name="token">Of root.</param>
    public static async Task<TwoPeople> MeetAsync(ThreeManagedNodes lab, string token)
    {
        var root = new TwoPeople(lab, token, "");
        await root.AskAsync(root.AsRoot, "PUT", "people/berta", $$"""{"level":"admin","password":"{{Password}}"}""");
        var session = await root.AskAsync("-c /tmp/berta", "POST", "session", $$"""{"name":"berta","password":"{{Password}}"}""");
        await root.AskAsync(root.AsRoot, "PUT", "settings", """{"secondPerson":{"acts":["role.delete"]}}""");
        return new TwoPeople(lab, token, session.Text("csrf"));
    }

    /// <summary>Has a deletion approved, and kills the service while it carries it out: again, with another role, when the blow came too late.</summary>
    /// <returns>The approval, and its role.</returns>
    public async Task<(string Approval, string Role)> StrikeAsync(LabHost owner)
    {
        var other = _lab.Cluster.Hosts.First(host => host != owner);
        for (var blow = 1; blow <= MostBlows; blow++)
        {
            var role = $"doomed{blow}";
            await _lab.Cluster.ApplyAsync(owner, Declarations.Sleeping(role));
            await _lab.OnlineAsync(role);
            var id = (await AskAsync(AsBerta, "DELETE", $"roles/{role}")).GetProperty("approval").Text("id");
            using var store = StoreSeenBy(owner);
            var service = Assert.Single(owner.Find(arguments => arguments is [var program, "management", ..] && Path.GetFileName(program) == "holdfast"));
            var approving = _lab.Cluster.TryCommandAsync(other, "approval", "approve", id, "--yes");
            await _lab.UntilAsync(async () => await StateAsync(store, id) is not "waiting", "the approval is begun");

            owner.Send(service, Signal.Kill);

            if (await StateAsync(store, id) == "running") return (id, role);
            await approving;
            await _lab.ServingAsync();
        }

        throw new InvalidOperationException($"The service was too fast for {MostBlows} blows.");
    }

    /// <summary>The next owner has brought it to its end.</summary>
    public async Task SeeDoneAsync((string Approval, string Role) struck)
    {
        await _lab.UntilAsync(async () => (await AskAsync(AsRoot, "GET", $"approvals/{struck.Approval}")).GetProperty("approval").Text("state") is not "running", "the approval has ended");
        var approval = (await AskAsync(AsRoot, "GET", $"approvals/{struck.Approval}")).GetProperty("approval");
        Assert.True(approval.Text("state") == "done", approval.ToString());
        Assert.Equal(("berta", "user root"), (approval.Text("askedBy"), approval.Text("decidedBy")));
    }

    /// <summary>It happened once, and whatever was done towards it was done in both names.</summary>
    public async Task SeeDoneOnceAsync((string Approval, string Role) struck)
    {
        var asked = await _lab.OnlineAsync("management");
        await _lab.UntilAsync(async () => (await _lab.Cluster.RolesAsync(asked)).All(role => role.Text("name") != struck.Role), "the role is gone");
        Assert.InRange((await RemovalsAsync(struck.Role)).Count, 0, 1); // A node that removed it and lost its power then may have taken that line of its journal with it.
        var deeds = (await AskAsync(AsRoot, "GET", "audit?limit=200")).EnumerateArray().Where(entry => entry.Text("what") == $"DELETE /v1/roles/{struck.Role}").ToList();
        Assert.NotEmpty(deeds);
        Assert.All(deeds, deed => Assert.Equal(Both, deed.Text("who")));
    }

    /// <summary>Lets roles be deleted by one person again; that needs both of them. Berta stays: there is an administrator at least.</summary>
    public async Task PartAsync()
    {
        var off = (await AskAsync(AsBerta, "PUT", "settings", "{}")).GetProperty("approval").Text("id");
        await _lab.Cluster.CommandAsync(await _lab.OnlineAsync("management"), "approval", "approve", off, "--yes");
    }

    private string AsRoot => $"-H 'Authorization: Bearer {_token}'";

    private string AsBerta => $"-b /tmp/berta -H 'Holdfast-Csrf: {_csrf}'";

    private async Task<IReadOnlyList<JsonElement>> RemovalsAsync(string role) => [.. (await AskAsync(AsRoot, "GET", $"events?role={role}&kind=role.removed")).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> AskAsync(string who, string method, string path, string? body = null)
    {
        var sent = body is null ? "" : $"-H 'Content-Type: application/json' -d '{body}'";
        return JsonDocument.Parse(await _lab.Lab.Client.ShellAsync($"curl -skf --retry 20 --retry-delay 1 -m 20 -X {method} {who} {sent} 'https://{ThreeManagedNodes.Address}:7400/api/v1/{path}'")).RootElement.Clone();
    }

    // From the outside, over a host's own socket: a command would be too late for what takes milliseconds.
    private static HttpClient StoreSeenBy(LabHost host) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint($"/proc/{host.InitId}/root/run/holdfast/agent.sock"), cancellationToken);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    }) { BaseAddress = new Uri("http://agent/") };

    private static async Task<string> StateAsync(HttpClient store, string approval) => JsonDocument.Parse(await store.GetStringAsync("v1/management/documents")).RootElement.EnumerateArray()
        .Single(document => document.Text("name") == $"approval-{approval}").GetProperty("value").Text("state");
}
