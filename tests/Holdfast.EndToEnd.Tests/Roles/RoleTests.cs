using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Roles;

/// <summary>Roles as people work with them.</summary>
public sealed class RoleTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private LabHost A => lab["a"];

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_role_made_in_short_form_answers_at_its_address()
    {
        await Cluster.CommandAsync(A, "role", "create", "short", "--process", "/usr/bin/perl /opt/samples/echo/echo.pl 7020", "--user", "nobody", "--address", "10.77.0.120/24",
            "--probe", "tcp:127.0.0.1:7020", "--preferred-owners", "b,c", "--wait");

        Assert.Equal("b 1.1", await lab.AskAsync("10.77.0.120", 7020));
        Assert.True(await lab["b"].HasAddressAsync("10.77.0.120"));
        Assert.Contains("10.77.0.120", (await Cluster.QueryAsync(A, "role", "show", "short")).Text("declaration"), StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task A_moved_role_has_left_before_it_arrives()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("mover", "10.77.0.121", 7121, "preferred-owners: [a]"));
        await lab.OnlineAsync("mover", A);

        foreach (var target in new[] { "b", "c", "a" }) await Cluster.MoveAsync(A, "mover", target);

        var runs = lab.Beats("mover").RequireOneAtATime();
        Assert.Equal(["a", "b", "c", "a"], runs.Select(run => run.Node));
        Assert.Equal(["1.1", "1.2", "1.3", "1.4"], runs.Select(run => run.Epoch));
        Assert.Equal("a 1.4", await lab.AskAsync("10.77.0.121", 7121));
        Assert.False(await lab["c"].HasAddressAsync("10.77.0.121"));
    }

    [ClusterFact]
    public async Task A_stopped_role_stays_offline_until_it_is_started()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("beat", "10.77.0.122", 7122));
        var owner = await lab.OnlineAsync("beat");

        await Cluster.CommandAsync(A, "role", "stop", "beat", "--wait");

        var role = await Cluster.RoleAsync(A, "beat");
        Assert.Equal("offline", role.Text("state"));
        Assert.Equal("", role.Text("owner"));
        Assert.Empty(owner.FindRole("beat"));
        Assert.False(await owner.HasAddressAsync("10.77.0.122"));

        await Cluster.CommandAsync(lab["b"], "role", "start", "beat", "--wait");

        await lab.OnlineAsync("beat");
        lab.Beats("beat").RequireOneAtATime();
    }

    [ClusterFact]
    public async Task A_service_runs_as_its_user_and_knows_where_it_is()
    {
        await Cluster.ApplyAsync(A, Declarations.Echo("account", "10.77.0.123", 7023, "preferred-owners: [c]"));
        var owner = await lab.OnlineAsync("account");
        var service = Assert.Single(owner.FindService("/opt/samples/echo/echo.pl"));

        var status = await File.ReadAllLinesAsync($"/proc/{service}/status");
        var nobody = (await A.ShellAsync("id -u nobody")).Trim();
        Assert.Equal(["Uid:", nobody, nobody, nobody, nobody], status.First(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t'));
        Assert.Equal("CapEff:\t0000000000000000", status.First(line => line.StartsWith("CapEff:", StringComparison.Ordinal)));
        var environment = (await File.ReadAllTextAsync($"/proc/{service}/environ")).Split('\0');
        Assert.Contains("HOLDFAST_ROLE=account", environment);
        Assert.Contains($"HOLDFAST_NODE={owner.Name}", environment);
        Assert.Contains("HOLDFAST_EPOCH=1.1", environment);
    }

    [ClusterFact]
    public async Task Resources_can_be_added_switched_and_restarted()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("beat", "10.77.0.124", 7124));
        var owner = await lab.OnlineAsync("beat");

        await Cluster.CommandAsync(A, "resource", "add", "beat", "hook", "--type", "script", "--online", "/usr/bin/true", "--offline", "/usr/bin/true", "--user", "nobody", "--depends-on", "service");
        await ResourceAsync("hook", "online");
        await Cluster.CommandAsync(A, "resource", "offline", "beat", "service");
        await ResourceAsync("service", "offline");
        await ResourceAsync("hook", "offline"); // What depends on it goes with it.
        Assert.True(await owner.HasAddressAsync("10.77.0.124"));
        await Cluster.CommandAsync(A, "resource", "online", "beat", "service");
        await ResourceAsync("hook", "online");
        var before = lab.Beats("beat").Runs().Count;
        await Cluster.CommandAsync(A, "resource", "restart", "beat", "service");
        await lab.UntilAsync(() => lab.Beats("beat").Runs().Count == before + 1, "the service runs anew");
        await lab.OnlineAsync("beat", owner);

        Assert.All(lab.Beats("beat").RequireOneAtATime(), run => Assert.Equal((owner.Name, "1.1"), (run.Node, run.Epoch)));
    }

    [ClusterFact]
    public async Task Where_a_role_is_and_where_it_would_go_is_explained()
    {
        await Cluster.ApplyAsync(A, Declarations.Sleeping("web", "preferred-owners: [b, c]"));
        await lab.OnlineAsync("web", lab["b"]);

        var explained = await Cluster.QueryAsync(A, "role", "explain", "web");
        var standbys = (await Cluster.QueryAsync(A, "role", "standby", "web")).EnumerateArray().ToList();

        Assert.Contains("web", explained.Text("why"), StringComparison.Ordinal);
        Assert.NotEqual(0, explained.GetProperty("history").GetArrayLength());
        Assert.Equal(["a", "c"], standbys.Select(standby => standby.Text("node")).Order());
        Assert.All(standbys, standby => Assert.Equal("b", standby.Text("monitoring")));
        Assert.Equal("c", Assert.Single(standbys, standby => standby.GetProperty("wouldWin").GetBoolean()).Text("node"));
    }

    [ClusterFact]
    public async Task An_address_that_a_stranger_took_meanwhile_is_not_taken_twice()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("beat", "10.77.0.125", 7125, "possible-owners: [a, b]", restarts: "0 in 15m", failovers: "1 in 1h"));
        await lab.OnlineAsync("beat");
        await Cluster.CommandAsync(A, "role", "stop", "beat", "--wait");
        await lab.Lab.Client.ShellAsync("ip addr add 10.77.0.125/24 dev eth0");
        try
        {
            await Cluster.CommandAsync(A, "role", "start", "beat");
            await lab.UntilAsync(async () => (await Cluster.RoleAsync(A, "beat")).Text("state") == "failed", "the role fails");
            Assert.Contains("10.77.0.125", (await Cluster.RoleAsync(A, "beat")).Text("reason"), StringComparison.Ordinal);
            Assert.False(await A.HasAddressAsync("10.77.0.125") || await lab["b"].HasAddressAsync("10.77.0.125"));
        }
        finally
        {
            await lab.Lab.Client.ShellAsync("ip addr del 10.77.0.125/24 dev eth0");
        }

        await Cluster.CommandAsync(A, "role", "start", "beat", "--wait");
        await lab.OnlineAsync("beat");
    }

    private Task ResourceAsync(string resource, string state) => lab.UntilAsync(
        async () => (await Cluster.RoleAsync(A, "beat")).GetProperty("resources").EnumerateArray().FirstOrDefault(item => item.Text("name") == resource) is { ValueKind: JsonValueKind.Object } found && found.Text("state") == state,
        $"resource {resource} is {state}");
}
