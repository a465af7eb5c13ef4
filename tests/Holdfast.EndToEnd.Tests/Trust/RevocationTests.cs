using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Trust;

/// <summary>Certificates and keys are replaced while everything goes on.</summary>
public sealed class RevocationTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private const string Trust = "/var/lib/holdfast/trust";

    private LabHost A => lab["a"];

    private LabHost B => lab["b"];

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_certificate_is_renewed_without_anybody_noticing_and_the_old_one_is_worth_nothing_in_the_end()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("steady", "10.77.0.190", 7190, "preferred-owners: [b]"));
        await lab.OnlineAsync("steady", B);
        await B.ShellAsync($"cp {Trust}/node.crt /tmp/first.crt");
        var first = await SerialAsync(B, "/tmp/first.crt");

        await Cluster.CommandAsync(A, "node", "renew-certificate", "b"); // Asked of a, carried out by b.
        var second = await SerialAsync(B, $"{Trust}/node.crt");
        await RequireServedAsync(second);
        Assert.Contains(" 200 ", await AskAsync(B, $"{Trust}/node.crt", 7443), StringComparison.Ordinal);
        Assert.Contains(" 200 ", await AskAsync(B, "/tmp/first.crt", 7443), StringComparison.Ordinal); // Until connections made with it are gone.
        await Cluster.CommandAsync(B, "node", "renew-certificate", "b"); // What is still being replaced is not waited for.

        Assert.Equal(3, new[] { first, second, await SerialAsync(B, $"{Trust}/node.crt") }.Distinct().Count());
        await lab.UntilAsync(async () => (await AskAsync(B, "/tmp/first.crt", 7443)).Contains(" 403 ", StringComparison.Ordinal), "a refuses the first certificate");
        await lab.UntilAsync(async () => !(await AskAsync(B, "/tmp/first.crt", 2379)).Contains(" 200 ", StringComparison.Ordinal), "a's etcd refuses the first certificate");
        Assert.Contains(" 200 ", await AskAsync(B, $"{Trust}/node.crt", 2379), StringComparison.Ordinal);
        await lab.AllUpAsync();
        Assert.Single(lab.Beats("steady").RequireOneAtATime()); // The role never stopped.
        await Cluster.MoveAsync(B, "steady", "c");
    }

    [ClusterFact]
    public async Task A_revoked_node_keeps_a_key_that_opens_nothing_and_the_others_go_on()
    {
        var c = lab["c"];
        await Cluster.ApplyAsync(A, Declarations.Beating("kept", "10.77.0.191", 7191, "preferred-owners: [b]"));
        await lab.OnlineAsync("kept", B);
        var before = await KeyAsync(A);
        Assert.Equal(before, await KeyAsync(c));

        var open = await OpenConnectionAsync(c);

        await Cluster.CommandAsync(A, "node", "revoke", "c", "--yes");

        await lab.UntilAsync(async () => await KeyAsync(A) != before && await KeyAsync(B) == await KeyAsync(A), "a and b have the new key");
        Assert.Equal(before, await KeyAsync(c));
        await lab.UntilAsync(async () => (await AskAsync(c, $"{Trust}/node.crt", 7443)).Contains(" 403 ", StringComparison.Ordinal), "a refuses c");
        await lab.UntilAsync(async () => !(await AskAsync(c, $"{Trust}/node.crt", 2379)).Contains(" 200 ", StringComparison.Ordinal), "a's etcd refuses c");
        await lab.UntilAsync(() => open.HasExited, "what c had open to a's etcd is ended");
        Assert.Single(lab.Beats("kept").RequireOneAtATime());

        // The authority's key is among what was sealed anew: b, which was given the new key through the store, can admit a node with it.
        await c.StopProductAsync();
        await c.ShellAsync("rm -rf /var/lib/holdfast/*");
        c.StartProduct();
        await lab.AgentAnswersAsync(c);
        await Cluster.CommandAsync(c, "node", "join", "--token", await Cluster.TokenAsync(B), "--address", c.Address, "--node", "c");
        await lab.AllUpAsync();
        Assert.Equal(await KeyAsync(A), await KeyAsync(c));
    }

    private static async Task<string> KeyAsync(LabHost host) => (await host.ShellAsync($"sha256sum < {Trust}/cluster.key")).Trim();

    private static async Task<string> SerialAsync(LabHost host, string file) => (await host.ShellAsync($"openssl x509 -in {file} -noout -serial")).Trim();

    /// <summary>A connection to a's etcd that was asked something and is kept open, as c's agent keeps its own.</summary>
    private async Task<HostProcess> OpenConnectionAsync(LabHost host)
    {
        var process = host.Start(["bash", "-c", $"""
            exec openssl s_client -quiet -connect {A.Address}:2379 -CAfile {Trust}/ca.crt -cert {Trust}/node.crt -key {Trust}/node.key \
                < <(printf 'GET /version HTTP/1.1\r\nHost: a\r\n\r\n'; sleep 600) >/tmp/open 2>/dev/null
            """]);
        await lab.UntilAsync(async () => (await host.ShellAsync("touch /tmp/open; head -1 /tmp/open")).Contains(" 200 ", StringComparison.Ordinal), "a's etcd answers");
        return process;
    }

    private async Task RequireServedAsync(string serial)
    {
        foreach (var port in (int[])[7443, 2379, 2380])
            Assert.Equal(serial, (await A.ShellAsync($"openssl s_client -connect {B.Address}:{port} -cert {Trust}/node.crt -key {Trust}/node.key </dev/null 2>/dev/null | openssl x509 -noout -serial")).Trim());
    }

    private async Task<string> AskAsync(LabHost host, string certificate, int port) => await host.ShellAsync($"""
        printf 'GET {(port == 7443 ? "/v1/peer/events?limit=1" : "/version")} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
            openssl s_client -quiet -connect {A.Address}:{port} -CAfile {Trust}/ca.crt -cert {certificate} -key {Trust}/node.key 2>/dev/null | head -1
        """);
}
