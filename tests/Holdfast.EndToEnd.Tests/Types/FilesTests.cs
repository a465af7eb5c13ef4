using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Types;

/// <summary>Configuration that follows a role, and what is said of a service that runs but is not ready.</summary>
public sealed class FilesTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private const string Path = "/etc/orders.conf";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task Configuration_is_where_the_role_is_and_nowhere_else()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("limit=1", "preferred-owners: [a, b, c]"));
        await lab.OnlineAsync("orders", lab["a"]);
        await HasAsync("limit=1", lab["a"]);

        await Cluster.MoveAsync(lab["a"], "orders", "b");
        await HasAsync("limit=1", lab["b"]);
        await Cluster.ApplyAsync(lab["a"], Orders("limit=2", "preferred-owners: [a, b, c]"));
        await lab.UntilAsync(async () => await ReadAsync(lab["b"]) == "limit=2", "the change has arrived");

        await lab["b"].PullCableAsync();
        var asked = lab["c"];
        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(asked, "role", "list"))?[0] is { } role && role.Text("state") == "online" && role.Text("owner") != "b", "another node takes the role");
        await HasAsync("limit=2", await lab.OnlineAsync("orders", asked: asked));
        await lab["b"].PlugCableAsync();
        await lab.AllUpAsync();

        await Cluster.CommandAsync(asked, "role", "stop", "orders", "--wait");
        foreach (var host in Cluster.Hosts) Assert.Equal("", await ReadAsync(host));
    }

    [ClusterFact]
    public async Task What_is_not_ready_waits_at_first_and_later_is_said_to_be_without_being_touched()
    {
        await Cluster.ApplyAsync(lab["a"], Orders("limit=1", "possible-owners: [a]"));
        await lab.UntilAsync(async () => Services(lab["a"]).Count == 1, "the service runs");
        Assert.Equal("starting", (await Cluster.RoleAsync(lab["a"], "orders")).Text("state"));

        await lab["a"].ShellAsync("touch /tmp/ready");
        await lab.OnlineAsync("orders", lab["a"]);
        var running = Services(lab["a"]);
        await lab["a"].ShellAsync("rm /tmp/ready");
        await lab.UntilAsync(async () => (await Cluster.CommandAsync(lab["a"], "role", "show", "orders")).Contains("not ready", StringComparison.Ordinal), "it is said that it is not ready");

        await lab.UntilAsync(async () => (await Cluster.CommandAsync(lab["a"], "events", "--limit", "50")).Contains("service runs but is not ready", StringComparison.Ordinal), "there is an event");
        Assert.Equal("online", (await Cluster.RoleAsync(lab["a"], "orders")).Text("state"));
        Assert.Equal(running, Services(lab["a"]));
        await lab["a"].ShellAsync("touch /tmp/ready");
        await lab.UntilAsync(async () => !(await Cluster.CommandAsync(lab["a"], "role", "show", "orders")).Contains("not ready", StringComparison.Ordinal), "it is ready again");
    }

    private static string Orders(string content, string more) => $$"""
        roles:
          orders:
            {{more}}
            resources:
              configuration: { type: files, files: { {{Path}}: "{{content}}\n" }, mode: "0644" }
              service:
                type: process
                command: [/usr/bin/sleep, "7654321"]
                user: nobody
                depends-on: [configuration]
                probes:
                  - { command: [/usr/bin/test, -e, {{(more.StartsWith("possible", StringComparison.Ordinal) ? "/tmp/ready" : Path)}}], for: readiness, interval: 100ms, threshold: 1 }
        """;

    private static IReadOnlyList<int> Services(LabHost host) => host.Find(arguments => arguments is [var program, "7654321"] && program.EndsWith("sleep", StringComparison.Ordinal));

    private static async Task<string> ReadAsync(LabHost host) => (await host.ShellAsync($"cat {Path} 2>/dev/null || true")).Trim();

    private async Task HasAsync(string content, LabHost only)
    {
        foreach (var host in Cluster.Hosts.Where(host => host.IsOn)) Assert.Equal(host == only ? content : "", await ReadAsync(host));
    }
}
