using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Answers;

/// <summary>A role is started for real on a node that does not own it, and nothing of that is seen outside or left behind.</summary>
public sealed class RehearsalTests(ThreeNodesWithDisk lab) : IClassFixture<ThreeNodesWithDisk>, IAsyncLifetime
{
    private const string Target = "/srv/orders";

    private LabHost A => lab["a"];

    private LabHost B => lab["b"];

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_role_that_runs_elsewhere_is_started_beside_it_in_a_network_of_its_own()
    {
        await Cluster.ApplyAsync(A, Declarations.Echo("echo", "10.77.0.195", 7195, "preferred-owners: [a]"));
        await lab.OnlineAsync("echo", A);
        var epoch = (await Cluster.RoleAsync(A, "echo")).Text("epoch");

        var answer = await RehearseAsync("echo", 0);

        Assert.Equal(("b", true, true), (answer.Text("node"), answer.GetProperty("passed").GetBoolean(), answer.GetProperty("whole").GetBoolean()));
        Assert.All(answer.GetProperty("resources").EnumerateArray(), resource => Assert.Equal("online", resource.Text("outcome")));
        Assert.True(answer.GetProperty("takeoverMs").GetDouble() > answer.GetProperty("startMs").GetDouble()); // The wait for the lease comes first.
        await RequireNothingLeftAsync();
        Assert.False(await B.HasAddressAsync("10.77.0.195"));
        Assert.StartsWith("a ", await lab.AskAsync("10.77.0.195", 7195), StringComparison.Ordinal);
        Assert.Equal(epoch, (await Cluster.RoleAsync(A, "echo")).Text("epoch"));
        await Cluster.RefusedAsync(A, 4, "rehearsal.owner", "rehearse", "echo", "--on", "a");
        await Cluster.RefusedAsync(A, 3, "role.not-found", "rehearse", "nothing");
    }

    [ClusterFact]
    public async Task A_node_on_which_a_role_would_not_work_is_found_before_it_is_needed()
    {
        await Cluster.ApplyAsync(A, """
            roles:
              fragile:
                preferred-owners: [a]
                resources:
                  service: { type: process, command: [/bin/sh, -c, "test $HOLDFAST_NODE = a || { echo there is no licence here; exit 3; }; exec sleep infinity"], user: nobody, probes: [ { command: [/bin/sleep, "0.2"] } ] }
                  after: { type: script, online: [/bin/true], offline: [/bin/true], user: nobody, depends-on: [service] }
                  rooted: { type: script, online: [/bin/true], offline: [/bin/true], user: root }
            """);
        await lab.OnlineAsync("fragile", A);

        var resources = (await RehearseAsync("fragile", 4)).GetProperty("resources").EnumerateArray().ToDictionary(resource => resource.Text("name"));

        Assert.Equal("failed", resources["service"].Text("outcome"));
        Assert.Contains("there is no licence here", resources["service"].Text("reason"), StringComparison.Ordinal);
        Assert.Equal("skipped", resources["after"].Text("outcome"));
        Assert.Equal("skipped", resources["rooted"].Text("outcome")); // Root could reach out.
        await lab.OnlineAsync("fragile", A);
        await RequireNothingLeftAsync();
    }

    [ClusterFact]
    public async Task What_it_writes_is_gone_with_it()
    {
        await Cluster.ApplyAsync(A, """
            roles:
              writer:
                preferred-owners: [a]
                resources:
                  service: { type: process, command: [/bin/sh, -c, "echo x >/var/tmp/rehearsed && exec sleep infinity"], user: nobody, probes: [ { command: [/usr/bin/test, -s, /var/tmp/rehearsed] } ] }
            """);
        await lab.OnlineAsync("writer", A);

        Assert.True((await RehearseAsync("writer", 0)).GetProperty("whole").GetBoolean());

        await B.ShellAsync("test ! -e /var/tmp/rehearsed");
        await A.ShellAsync("test -e /var/tmp/rehearsed; rm /var/tmp/rehearsed");
        await RequireNothingLeftAsync();
    }

    [ClusterFact]
    public async Task PostgreSQL_is_rehearsed_on_a_copy_on_write_of_its_disk_which_does_not_change_by_a_bit()
    {
        await Cluster.ApplyAsync(A, Orders(database: false));
        await lab.OnlineAsync("orders", A);
        var postgres = Directory.EnumerateDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Last();
        await A.ShellAsync($"""
            install -d -o postgres -g postgres -m 700 {Target}/postgres
            setpriv --reuid=postgres --regid=postgres --init-groups {postgres}/bin/initdb -D {Target}/postgres -A trust -U postgres --no-locale -E UTF8 --wal-segsize=1 >/dev/null
            """);
        await Cluster.ApplyAsync(A, Orders(database: true, postgres));
        await lab.OnlineAsync("orders", A);
        var online = (await RehearseAsync("orders", 0)).GetProperty("resources").EnumerateArray().ToList();
        Assert.All(online, resource => Assert.Equal("skipped", resource.Text("outcome"))); // Its owner is writing: there is no copy of one moment.

        await Cluster.CommandAsync(A, "role", "stop", "orders", "--wait");
        var before = await A.ShellAsync("sha256sum < /dev/shared/orders");
        var answer = await RehearseAsync("orders", 0);

        Assert.True(answer.GetProperty("whole").GetBoolean(), answer.ToString());
        Assert.Equal(before, await A.ShellAsync("sha256sum < /dev/shared/orders"));
        await RequireNothingLeftAsync();
        await Cluster.CommandAsync(A, "role", "start", "orders", "--wait");
        await Cluster.CommandAsync(A, "role", "stop", "orders", "--wait");
    }

    private static string Orders(bool database, string postgres = "") => $$"""
        roles:
          orders:
            preferred-owners: [a]
            resources:
              data: { type: disk, device: /dev/shared/orders, target: {{Target}}, fence: lease }
        {{(database ? $$"""
              db:
                type: process
                command: [{{postgres}}/bin/postgres, -D, {{Target}}/postgres, -c, "listen_addresses=127.0.0.1", -c, "unix_socket_directories="]
                user: postgres
                stop-signal: INT
                depends-on: [data]
                probes:
                  - { tcp: "127.0.0.1:5432" }
        """ : "")}}
        """;

    private async Task<JsonElement> RehearseAsync(string role, int exitCode)
    {
        var ran = await Cluster.TryCommandAsync(A, "rehearse", role, "--on", "b", "--json");
        Assert.True(ran.ExitCode == exitCode, ran.Output);
        return JsonDocument.Parse(ran.Output).RootElement.Clone();
    }

    private async Task RequireNothingLeftAsync()
    {
        Assert.Empty(B.Find(arguments => arguments.Contains("rehearsal") || arguments.Any(argument => argument.Contains("echo.pl", StringComparison.Ordinal))));
        Assert.DoesNotContain("rehearsal", await B.ShellAsync("cat /proc/mounts"), StringComparison.Ordinal);
    }
}
