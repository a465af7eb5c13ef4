using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Trust;

/// <summary>People and programs that try to get in. That a join token cannot be used twice, and that an evicted node's keys get it nothing, is tested with joining and eviction.</summary>
public sealed class IntrusionTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private const string Look = "/v1/roles";
    private const string Pause = "/v1/nodes/c/pause";
    private const string Evict = "/v1/nodes/c/evict";

    private LabHost A => lab["a"];

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public async Task DisposeAsync()
    {
        foreach (var grant in (await Cluster.QueryAsync(A, "access", "list")).EnumerateArray()) await Cluster.CommandAsync(A, "access", "revoke", grant.Text("subject"));
        await A.ShellAsync("rm -f /tmp/*.pem");
    }

    [ClusterFact]
    public async Task Without_a_certificate_nobody_is_let_in()
    {
        Assert.Equal(403, await OverNetworkAsync("GET", Look, ""));
        Assert.Equal(403, await OverNetworkAsync("POST", Pause, ""));
        Assert.Equal(403, await OverNetworkAsync("GET", "/v1/peer/events", ""));
        Assert.Equal(403, await OverNetworkAsync("POST", "/v1/peer/renew", ""));
        await RequireUntouchedAsync();
    }

    [ClusterFact]
    public async Task A_certificate_of_another_authority_does_not_even_get_a_connection()
    {
        await A.ShellAsync("""
            cd /tmp && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca-key.pem -out ca-cert.pem -subj '/CN=Holdfast cluster lab' -days 2 2>/dev/null
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout b.pem -out b-csr.pem -subj /CN=b 2>/dev/null
            openssl x509 -req -in b-csr.pem -CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial -days 1 2>/dev/null >>b.pem
            """);

        Assert.Equal(0, await OverNetworkAsync("GET", Look, "--cert /tmp/b.pem"));
        Assert.Equal(0, await OverNetworkAsync("GET", "/v1/peer/events", "--cert /tmp/b.pem"));
        await RequireUntouchedAsync();
    }

    [ClusterFact]
    public async Task A_granted_certificate_may_do_what_was_granted_and_no_more_until_it_is_taken_back()
    {
        await Cluster.CommandAsync(A, "access", "certificate", "looker", "viewer", "--out", "/tmp/viewer.pem");
        await Cluster.CommandAsync(A, "access", "certificate", "doer", "operator", "--out", "/tmp/operator.pem");
        Assert.Equal("600", (await A.ShellAsync("stat -c %a /tmp/viewer.pem")).Trim());
        await lab.UntilAsync(async () => await OverNetworkAsync("GET", Look, "--cert /tmp/viewer.pem") == 200, "b knows the viewer");
        await lab.UntilAsync(async () => await OverNetworkAsync("GET", Look, "--cert /tmp/operator.pem") == 200, "b knows the operator");

        Assert.Equal(403, await OverNetworkAsync("POST", Pause, "--cert /tmp/viewer.pem"));
        await RequireUntouchedAsync();
        Assert.Equal(200, await OverNetworkAsync("POST", Pause, "--cert /tmp/operator.pem"));
        Assert.Equal(403, await OverNetworkAsync("POST", Evict, "--cert /tmp/operator.pem"));
        Assert.Equal(403, await OverNetworkAsync("POST", "/v1/access", "--cert /tmp/operator.pem"));
        Assert.Equal(403, await OverNetworkAsync("GET", "/v1/peer/events", "--cert /tmp/operator.pem")); // Nodes only.
        Assert.DoesNotContain(" 200 ", await A.ShellAsync($"printf 'GET /version HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n' | openssl s_client -quiet -connect {lab["b"].Address}:2379 -cert /tmp/operator.pem -key /tmp/operator.pem 2>/dev/null | head -1"), StringComparison.Ordinal);

        foreach (var grant in (await Cluster.QueryAsync(A, "access", "list")).EnumerateArray()) await Cluster.CommandAsync(A, "access", "revoke", grant.Text("subject"));
        await lab.UntilAsync(async () => await OverNetworkAsync("GET", Look, "--cert /tmp/operator.pem") == 0, "b knows the operator no more");
    }

    [ClusterFact]
    public async Task A_user_of_the_machine_may_do_what_was_granted_and_no_more()
    {
        await Cluster.RefusedByAsync(A, "nobody", "access.denied", "role", "list");

        await Cluster.CommandAsync(A, "access", "grant", "user:nobody", "viewer");
        Assert.Equal(0, (await Cluster.AsAsync(A, "nobody", "node", "list")).ExitCode);
        await Cluster.RefusedByAsync(A, "nobody", "access.denied", "node", "pause", "c");
        await Cluster.RefusedByAsync(A, "nobody", "access.denied", "cluster", "token");

        await Cluster.CommandAsync(A, "access", "grant", "user:nobody", "operator");
        Assert.Equal(0, (await Cluster.AsAsync(A, "nobody", "node", "pause", "c")).ExitCode);
        await Cluster.RefusedByAsync(A, "nobody", "access.denied", "access", "grant", "user:nobody", "admin");
        await Cluster.RefusedByAsync(A, "nobody", "access.denied", "node", "evict", "c", "--yes");
    }

    [ClusterFact]
    public async Task The_leash_answers_no_user_of_the_machine_and_the_run_folder_shows_them_nothing()
    {
        Assert.NotEqual(0, (await A.RunAsync(["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "perl", "-MIO::Socket::UNIX", "-e", "exit(IO::Socket::UNIX->new(Peer => '/run/holdfast/leash.sock') ? 0 : 1)"], ClusterFixture.Limit)).ExitCode);
        Assert.NotEqual(0, (await A.RunAsync(["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "ls", "/run/holdfast"], ClusterFixture.Limit)).ExitCode);
    }

    [ClusterFact]
    public async Task Every_change_is_on_record_with_who_asked_on_every_node_and_every_refusal_is_an_event()
    {
        await Cluster.CommandAsync(A, "access", "grant", "user:nobody", "operator");
        Assert.Equal(0, (await Cluster.AsAsync(A, "nobody", "node", "pause", "c")).ExitCode);
        await Cluster.RefusedByAsync(A, "nobody", "access.denied", "node", "evict", "c", "--yes");
        await Cluster.RefusedAsync(A, 3, "node.not-found", "node", "pause", "z");

        var audit = (await Cluster.QueryAsync(lab["b"], "audit", "--limit", "10")).EnumerateArray().ToList();
        var paused = audit.First(entry => entry.Text("what") == "POST /v1/nodes/c/pause");
        var refused = audit.First(entry => entry.Text("what") == "POST /v1/nodes/z/pause");
        var events = (await Cluster.QueryAsync(lab["b"], "events", "--limit", "200")).EnumerateArray().ToList();

        Assert.Equal(("user nobody", "a", "done"), (paused.Text("who"), paused.Text("node"), paused.Text("outcome")));
        Assert.Contains("socket of node a", paused.Text("from"), StringComparison.Ordinal);
        Assert.Equal(("user root", "refused (404)"), (refused.Text("who"), refused.Text("outcome")));
        Assert.Contains(audit, entry => entry.Text("what").Contains("user:nobody", StringComparison.Ordinal) && entry.Text("who") == "user root");
        Assert.Contains(events, entry => entry.Text("kind") == "access.denied" && entry.Text("message").Contains("user nobody", StringComparison.Ordinal));
        Assert.Contains(events, entry => entry.Text("kind") == "audit" && entry.Text("message").Contains("/v1/nodes/c/pause", StringComparison.Ordinal));
    }

    /// <summary>The HTTP status that b answers a request from a's machine with; 0 when there was no connection.</summary>
    private async Task<int> OverNetworkAsync(string method, string path, string certificate)
    {
        var answer = await A.RunAsync(["sh", "-c", $"curl -s -o /dev/null -w '%{{http_code}}' --cacert /var/lib/holdfast/trust/ca.crt {certificate} -X {method} https://{lab["b"].Address}:7443{path}"], ClusterFixture.Limit);
        return int.Parse(answer.Output.Trim()[^3..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task RequireUntouchedAsync() => Assert.Equal("active", (await Cluster.NodeAsync(A, "c")).Text("intent"));
}
