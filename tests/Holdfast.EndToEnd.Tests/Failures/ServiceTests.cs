using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Failures;

/// <summary>A service that ends by itself, and the product's processes around it that do: nothing moves that need not.</summary>
public sealed class ServiceTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private const string Script = "/opt/services/beat.pl";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_killed_service_is_started_again_on_its_node()
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating("killed", "10.77.0.130", 7130));
        var owner = await lab.OnlineAsync("killed");

        owner.Send(Assert.Single(owner.FindService(Script)), Signal.Kill);

        await lab.UntilAsync(() => lab.Beats("killed").Runs().Count == 2, "the service runs again");
        Assert.Same(owner, await lab.OnlineAsync("killed"));
        Assert.All(lab.Beats("killed").RequireOneAtATime(), run => Assert.Equal((owner.Name, "1.1"), (run.Node, run.Epoch)));
        await lab.UntilAsync(async () => await lab.AskAsync("10.77.0.130", 7130) == $"{owner.Name} 1.1", "the service answers");
        Assert.Contains((await Cluster.QueryAsync(lab["a"], "events", "--role", "killed")).EnumerateArray(), item => item.Text("kind") == "resource.failed" && item.Text("message").Contains("signal 9", StringComparison.Ordinal));
    }

    [ClusterFact]
    public async Task A_role_whose_restart_budget_is_spent_moves()
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating("spent", "10.77.0.131", 7131, "preferred-owners: [b, c]", restarts: "1 in 15m"));
        var owner = await lab.OnlineAsync("spent", lab["b"]);

        owner.Send(Assert.Single(owner.FindService(Script)), Signal.Kill);
        await lab.UntilAsync(() => lab.Beats("spent").Runs().Count == 2, "the service runs again");
        owner.Send(await OnlyServiceAsync(owner), Signal.Kill);

        await lab.OnlineAsync("spent", lab["c"]);
        Assert.Equal(["b", "b", "c"], lab.Beats("spent").RequireOneAtATime().Select(run => run.Node));
        Assert.False(await owner.HasAddressAsync("10.77.0.131"));
    }

    [ClusterFact]
    public async Task A_role_that_fails_everywhere_is_left_failed_with_its_reason_until_it_is_started()
    {
        var a = lab["a"];
        foreach (var host in Cluster.Hosts) await host.ShellAsync("rm -f /tmp/well; printf '#!/bin/sh\\ntest -e /tmp/well || exit 17\\nexec sleep infinity\\n' >/srv/moody; chmod 755 /srv/moody");
        await Cluster.ApplyAsync(a, """
            roles:
              moody:
                restarts: 1 in 15m
                failovers: 2 in 1h
                resources:
                  service: { type: process, command: [/srv/moody], user: nobody, probes: [{ command: [/usr/bin/true] }] }
            """);

        await lab.UntilAsync(async () => (await Cluster.RoleAsync(a, "moody")).Text("state") == "failed", "the role is failed");
        var role = await Cluster.RoleAsync(a, "moody");
        Assert.Contains("exited with 17", role.Text("reason"), StringComparison.Ordinal);
        Assert.Equal("", role.Text("owner"));
        Assert.Contains((await Cluster.QueryAsync(a, "cluster", "status")).GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("holdfast role start moody", StringComparison.Ordinal));
        Assert.All(Cluster.Hosts, host => Assert.Empty(host.FindRole("moody")));

        foreach (var host in Cluster.Hosts) await host.ShellAsync("touch /tmp/well");
        await Cluster.CommandAsync(a, "role", "start", "moody", "--wait");

        await lab.OnlineAsync("moody");
    }

    [ClusterFact]
    public async Task A_killed_agent_finds_its_roles_as_they_were()
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating("adopted", "10.77.0.132", 7132));
        var owner = await lab.OnlineAsync("adopted");
        var service = Assert.Single(owner.FindService(Script));
        var agent = Assert.Single(owner.Find(ProductProcess.Agent));
        await lab.UntilAsync(() => owner.Find(ProductProcess.StandbyAgent).Count == 1, "another agent stands by");
        var standby = Assert.Single(owner.Find(ProductProcess.StandbyAgent));
        var incarnation = (await Cluster.NodeAsync(owner, owner.Name)).Number("incarnation");

        owner.Send(agent, Signal.Kill);

        await lab.UntilAsync(() => owner.Find(ProductProcess.Agent) is [var next] && next != agent, "an agent has control again");
        Assert.Equal(standby, Assert.Single(owner.Find(ProductProcess.Agent)));
        await lab.UntilAsync(async () => (await Cluster.TryQueryAsync(owner, "role", "list"))?.EnumerateArray().Any(role => role.Text("state") == "online") == true, "the agent tells of its role");
        await Cluster.CommandAsync(owner, "role", "explain", "adopted");
        var kill = BootClock.Now;
        await lab.UntilAsync(() => lab.Beats("adopted").BeatsOn(owner.Name, kill), "the service goes on");
        Assert.Equal(service, Assert.Single(owner.FindService(Script)));
        var run = Assert.Single(lab.Beats("adopted").Runs());
        Assert.Equal((owner.Name, "1.1"), (run.Node, run.Epoch));
        Assert.Equal(incarnation, (await Cluster.NodeAsync(owner, owner.Name)).Number("incarnation"));
        Assert.True(await owner.HasAddressAsync("10.77.0.132"));

        // It is watched again: its end is still seen.
        owner.Send(service, Signal.Kill);
        await lab.UntilAsync(() => lab.Beats("adopted").Runs().Count == 2, "the service runs again");
        lab.Beats("adopted").RequireOneAtATime();
    }

    [ClusterFact]
    public async Task A_killed_etcd_comes_back_and_no_role_notices()
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating("calm", "10.77.0.133", 7133));
        var owner = await lab.OnlineAsync("calm");
        var etcd = Assert.Single(owner.Find(ProductProcess.Etcd));

        owner.Send(etcd, Signal.Kill);

        await lab.UntilAsync(() => owner.Find(ProductProcess.Etcd) is [var next] && next != etcd, "etcd runs again");
        await lab.AllUpAsync();
        var now = BootClock.Now;
        await lab.UntilAsync(() => lab.Beats("calm").BeatsOn(owner.Name, now), "the service goes on");
        Assert.Equal("1.1", Assert.Single(lab.Beats("calm").Runs()).Epoch);
        await lab.UntilAsync(async () => (await Cluster.QueryAsync(owner, "cluster", "status")).Text("store") == "ok", "the store is whole");
    }

    [ClusterFact]
    public async Task A_service_whose_probe_fails_is_restarted()
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating("mute", "10.77.0.134", 7134));
        var owner = await lab.OnlineAsync("mute");

        owner.Send(Assert.Single(owner.FindService(Script)), Signal.Stop); // It lives, and the kernel takes connections for it, until its queue is full or a probe wants an answer.
        await owner.ShellAsync("nft add table inet mute; nft 'add chain inet mute in { type filter hook input priority 0; }'; nft add rule inet mute in iif lo tcp dport 7134 drop");
        try
        {
            await lab.UntilAsync(async () => (await Cluster.QueryAsync(owner, "events", "--role", "mute")).EnumerateArray().Any(item => item.Text("kind") == "resource.failed"), "the probe fails");
        }
        finally
        {
            await owner.ShellAsync("nft delete table inet mute");
        }

        await lab.UntilAsync(() => lab.Beats("mute").Runs().Count >= 2, "the service runs again");
        await lab.OnlineAsync("mute", owner);
        lab.Beats("mute").RequireOneAtATime();
    }

    private async Task<int> OnlyServiceAsync(LabHost host)
    {
        await lab.UntilAsync(() => host.FindService(Script).Count == 1, "the service runs once");
        return host.FindService(Script)[0];
    }
}
