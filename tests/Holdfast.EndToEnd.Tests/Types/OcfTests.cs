using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Types;

/// <summary>Agents of Debian's resource-agents, unchanged: IPaddr2, Filesystem, nginx, pgsql, Dummy.</summary>
public sealed class OcfTests(ThreeNodesWithDisk lab) : IClassFixture<ThreeNodesWithDisk>, IAsyncLifetime
{
    private const string Address = "10.77.0.180";
    private const string Target = "/srv/agent";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [TypeFact]
    public async Task A_web_server_of_agents_fails_over_and_leaves_nothing_on_a_host_that_was_cut_off()
    {
        await Cluster.ApplyAsync(lab["a"], Web("preferred-owners: [b, c, a]"));
        var owner = await lab.OnlineAsync("web");
        Assert.Equal(owner.Name, await AnswerAsync());

        await Cluster.MoveAsync(owner, "web", "c");
        Assert.Equal("c", await AnswerAsync());
        Assert.False(await owner.HasAddressAsync(Address));
        Assert.Empty(owner.FindRole("web"));

        await lab["c"].PullCableAsync();
        var taker = await TakenOverAsync("web", lab["c"]);
        // The lease of c ended without any help from its agent: everything is gone there, also the address that an agent's script added.
        Assert.False(await lab["c"].HasAddressAsync(Address));
        Assert.Empty(lab["c"].FindRole("web"));
        await lab.UntilAsync(async () => await AnswerAsync() == taker.Name, "the taker answers");
        await lab["c"].PlugCableAsync();
        await lab.AllUpAsync();

        // Where its state was left behind by the kill it can start again.
        await Cluster.MoveAsync(taker, "web", "c");
        await lab.UntilAsync(async () => await AnswerAsync() == "c", "c answers again");
    }

    [TypeFact]
    public async Task A_killed_daemon_of_an_agent_is_noticed_by_its_monitor_and_started_again()
    {
        await Cluster.ApplyAsync(lab["a"], Web("possible-owners: [a]"));
        var owner = await lab.OnlineAsync("web");
        var before = Masters(owner);

        foreach (var id in before) owner.Send(id, Holdfast.Lab.Linux.Signal.Kill);

        await lab.UntilAsync(() => Masters(owner) is { Count: > 0 } now && !now.Intersect(before).Any(), "the web server runs anew");
        await lab.OnlineAsync("web", owner);
        Assert.Equal("a", await AnswerAsync());
    }

    [TypeFact]
    public async Task A_database_on_a_disk_of_agents_keeps_what_it_acknowledged_through_a_power_off()
    {
        await Cluster.ApplyAsync(lab["a"], Database());
        var owner = await lab.OnlineAsync("db");
        await SqlAsync(owner, "create table kept (n int); insert into kept values (42)");

        await owner.PowerOffAsync();
        var taker = await TakenOverAsync("db", owner);

        Assert.Equal("42", await SqlAsync(taker, "select n from kept"));
        await owner.PowerOnAsync();
        await lab.AllUpAsync();
        await Cluster.MoveAsync(taker, "db", owner.Name);
        Assert.Equal("42", await SqlAsync(owner, "select n from kept"));
        Assert.Equal("", await taker.ShellAsync($"findmnt -n -o SOURCE {Target} || true"));

        // And with its cable pulled: the mount that an agent's script made is cut off and gone at the deadline.
        await SqlAsync(owner, "insert into kept values (43)");
        await owner.PullCableAsync();
        taker = await TakenOverAsync("db", owner);
        Assert.Equal("", await owner.ShellAsync($"findmnt -n -o SOURCE {Target} || true"));
        Assert.Equal("42\n43", await SqlAsync(taker, "select n from kept order by n"));
        await owner.PlugCableAsync();
        await lab.AllUpAsync();
    }

    [TypeFact]
    public async Task A_declaration_is_refused_whole_for_what_the_agent_does_not_know()
    {
        const string Declared = """
            roles:
              web:
                resources:
                  address: { type: ocf, agent: "ocf:heartbeat:IPaddr2", parameters: { ip: 10.77.0.180, cidr_netmask: 24, nicc: eth0, arp_count: many } }
                  missing: { type: ocf, agent: "ocf:heartbeat:IPadr2", parameters: {} }
                  disk: { type: ocf, agent: "ocf:heartbeat:Filesystem", parameters: { directory: /srv/x, device: /dev/shared/orders } }
            """;
        var error = await Cluster.RefusedAsync(lab["a"], 2, "declaration.invalid", "apply", "-f", await lab["a"].WriteAsync(Declared));

        Assert.Contains("did you mean 'nic'?", error, StringComparison.Ordinal);
        Assert.Contains("is 'many'; ocf:heartbeat:IPaddr2 takes a whole number", error, StringComparison.Ordinal);
        Assert.Contains("there is no agent /usr/lib/ocf/resource.d/heartbeat/IPadr2", error, StringComparison.Ordinal);
        Assert.Contains("fstype", error, StringComparison.Ordinal);
        Assert.Empty(await Cluster.RolesAsync(lab["a"]));
    }

    private static string Web(string more) => $$"""
        roles:
          web:
            restarts: 100 in 15m
            failovers: 100 in 15m
            {{more}}
            resources:
              address: { type: ocf, agent: "ocf:heartbeat:IPaddr2", parameters: { ip: {{Address}}, cidr_netmask: 24, nic: eth0 }, check-interval: 1s }
              state: { type: ocf, agent: "ocf:heartbeat:Dummy" }
              server:
                type: ocf
                agent: "ocf:heartbeat:nginx"
                parameters: { configfile: /opt/services/nginx-ocf.conf, status10url: "http://localhost:8080/" }
                check-interval: 500ms
                depends-on: [address, state]
        """;

    private static string Database() => $$"""
        roles:
          db:
            restarts: 100 in 15m
            failovers: 100 in 15m
            resources:
              disk: { type: ocf, agent: "ocf:heartbeat:Filesystem", parameters: { device: /dev/shared/orders, directory: {{Target}}, fstype: ext4 }, fence: lease }
              data: { type: script, online: [/opt/services/initdb.sh, {{Target}}/data], offline: [/usr/bin/true], depends-on: [disk], user: root }
              server:
                type: ocf
                agent: "ocf:heartbeat:pgsql"
                parameters: { pgctl: {{PostgresFolder}}/pg_ctl, pgdata: {{Target}}/data, pgport: 5433 }
                check-interval: 2s
                depends-on: [data]
        """;

    private static string PostgresFolder => Directory.EnumerateDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).First(folder => File.Exists(Path.Combine(folder, "pg_ctl")));

    private static IReadOnlyList<int> Masters(LabHost host) => host.Find(arguments => arguments is [var title, ..] && title.StartsWith("nginx: master", StringComparison.Ordinal));

    private static async Task<string> SqlAsync(LabHost host, string sql) => (await host.ShellAsync($"su postgres -c \"cd / && psql -p 5433 -qtAc '{sql}' postgres\"")).Trim();

    private async Task<string> AnswerAsync() => (await lab.Lab.Client.RunAsync(["perl", "/opt/services/get.pl", Address, "8080"], ClusterFixture.Limit)).Output.Trim();

    private async Task<LabHost> TakenOverAsync(string role, LabHost from)
    {
        var asked = Cluster.Hosts.First(host => host != from);
        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?.EnumerateArray().FirstOrDefault(item => item.Text("name") == role) is { ValueKind: System.Text.Json.JsonValueKind.Object } found && found.Text("state") == "online" && found.Text("owner") != from.Name, "another node takes the role");
        return await lab.OnlineAsync(role, asked: asked);
    }
}
