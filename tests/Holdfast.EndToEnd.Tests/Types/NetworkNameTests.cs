using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Types;

/// <summary>A name for a role: in Debian's BIND by dynamic update, in the hosts files of the nodes, and as the computer name of its processes.</summary>
public sealed class NetworkNameTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private const string Address = "10.77.0.185";

    private HostProcess? _server;

    private LabCluster Cluster => lab.Cluster;

    public async Task InitializeAsync()
    {
        await lab.ReadyAsync();
        _server = lab.Lab.Client.Start(["/opt/services/named.sh"], log: "named");
        await lab.UntilAsync(async () => await LookUpAsync("ns.lab.test") == "10.77.0.250", "the name server answers");
    }

    public async Task DisposeAsync()
    {
        if (_server is { HasExited: false }) await lab.Lab.Client.RunAsync(["sh", "-c", "kill $(cat /tmp/named/named.pid)"], ClusterFixture.Limit);
    }

    [TypeFact]
    public async Task Clients_find_the_role_by_its_name_and_its_service_calls_itself_so_on_every_node()
    {
        await Cluster.ApplyAsync(lab["a"], Named("files", "10.77.0.250"));
        var owner = await lab.OnlineAsync("files");

        Assert.Equal(Address, await LookUpAsync("files.lab.test"));
        Assert.Equal("files", await lab.AskAsync(Address, 7300));
        foreach (var host in Cluster.Hosts)
            await lab.UntilAsync(async () => (await host.RunAsync(["getent", "hosts", "files"], ClusterFixture.Limit)).Output.StartsWith(Address, StringComparison.Ordinal), $"{host.Name} knows the name");
        Assert.Equal(owner.Name, (await owner.ShellAsync("hostname")).Trim());

        await owner.PowerOffAsync();
        var asked = Cluster.Hosts.First(host => host != owner);
        await lab.UntilAsync(async () => await lab.AskAsync(Address, 7300) == "files", "another node answers under the name");
        var taker = await lab.OnlineAsync("files", asked: asked);
        Assert.NotSame(owner, taker);
        Assert.Equal(Address, await LookUpAsync("files.lab.test"));
        await owner.PowerOnAsync();
        await lab.AllUpAsync();
        await lab.UntilAsync(async () => (await owner.RunAsync(["getent", "hosts", "files.lab.test"], ClusterFixture.Limit)).Output.StartsWith(Address, StringComparison.Ordinal), "the node that came back knows the name");

        await Cluster.CommandAsync(taker, "delete", "files", "--yes");
        foreach (var host in Cluster.Hosts)
            await lab.UntilAsync(async () => !(await host.ShellAsync("cat /etc/hosts")).Contains("holdfast", StringComparison.Ordinal), $"nothing of it is left in the hosts file of {host.Name}");
    }

    [TypeFact]
    public async Task A_service_that_answers_under_its_node_s_name_is_found_and_repaired()
    {
        await Cluster.ApplyAsync(lab["a"], Named("files", "10.77.0.250", "preferred-owners: [a]").Replace("use-network-name: yes", "", StringComparison.Ordinal));
        await lab.OnlineAsync("files", lab["a"]);
        Assert.Equal("a", await lab.AskAsync(Address, 7300));

        Assert.Equal(["files/service"], await RepairsAsync());

        await Cluster.TryCommandAsync(lab["b"], "doctor", "--repair");

        await lab.UntilAsync(async () => await lab.AskAsync(Address, 7300) == "files", "it answers under the role's name");
        Assert.Empty(await RepairsAsync());

        // Whatever else it finds: its exit code is not what is asked here.
        async Task<IEnumerable<string>> RepairsAsync() => [.. JsonDocument.Parse((await Cluster.TryCommandAsync(lab["b"], "doctor", "--json")).Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.TryGetProperty("repair", out var repair) && repair.ValueKind == JsonValueKind.String).Select(finding => finding.GetProperty("repair").GetString()!)];
    }

    [TypeFact]
    public async Task A_record_that_somebody_changed_is_right_again_after_a_move()
    {
        await Cluster.ApplyAsync(lab["a"], Named("files", "10.77.0.250", "preferred-owners: [a]"));
        await lab.OnlineAsync("files", lab["a"]);
        await lab.Lab.Client.ShellAsync("printf '%s\\n' 'server 10.77.0.250' 'zone lab.test' 'update delete files.lab.test A' 'update add files.lab.test 60 A 10.77.0.9' send | nsupdate -k /opt/services/ddns.key");
        Assert.Equal("10.77.0.9", await LookUpAsync("files.lab.test"));

        await Cluster.MoveAsync(lab["a"], "files", "b");

        Assert.Equal(Address, await LookUpAsync("files.lab.test"));
    }

    [TypeFact]
    public async Task A_server_that_refuses_is_named_and_one_that_is_silent_stops_no_failover()
    {
        await Cluster.ApplyAsync(lab["a"], Named("files", "10.77.0.250", "preferred-owners: [a]", key: ""));
        await lab.UntilAsync(async () => (await Cluster.CommandAsync(lab["a"], "events", "--limit", "200")).Contains("Name server 10.77.0.250 refused files.lab.test: update failed: REFUSED", StringComparison.Ordinal), "the refusal is told");
        await Cluster.CommandAsync(lab["a"], "delete", "files", "--yes");
        await lab.UntilAsync(async () => (await Cluster.RolesAsync(lab["a"])).Count == 0, "the role is gone");

        await Cluster.ApplyAsync(lab["a"], Named("files", "10.77.0.99", "preferred-owners: [a]"));
        await lab.OnlineAsync("files");
        await lab.UntilAsync(async () => await lab.AskAsync(Address, 7300) == "files", "the service answers although the name server does not");
    }

    private static string Named(string name, string server, string more = "", string key = ", key: /opt/services/ddns.key") => $$"""
        roles:
          {{name}}:
            restarts: 100 in 15m
            failovers: 100 in 15m
            {{more}}
            resources:
              address: { type: ip-address, address: {{Address}}/24 }
              name: { type: network-name, name: {{name}}.lab.test, server: {{server}}, ttl: 5s, depends-on: [address]{{key}} }
              service:
                type: process
                command: [/usr/bin/perl, /opt/services/name.pl, {{Address}}, "7300"]
                user: nobody
                use-network-name: yes
                depends-on: [name, address]
                probes:
                  - { tcp: "{{Address}}:7300" }
        """;

    private async Task<string> LookUpAsync(string name) => (await lab.Lab.Client.RunAsync(["dig", "+short", "+time=2", "+tries=1", "@10.77.0.250", name, "A"], ClusterFixture.Limit)).Output.Trim();
}
