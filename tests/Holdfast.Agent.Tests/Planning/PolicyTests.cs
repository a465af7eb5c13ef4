using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;

namespace Holdfast.Agent.Tests.Planning;

/// <summary>The policies of roles on three nodes with the production planner, keeper and runner under virtual time.</summary>
public sealed class PolicyTests
{
    private static readonly TimeSpan Takeover = TimingProfile.Lan.LeaseDuration + TimingProfile.Lan.Margin + TimeSpan.FromMilliseconds(200);

    [Fact]
    public void In_maintenance_a_crashed_process_and_a_lost_node_are_left_alone_until_it_ends_by_itself() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        await cluster.UntilServed("r2", TimeSpan.FromSeconds(2));
        var (owner, second) = (cluster.RunsOn("r1")!, cluster.RunsOn("r2")!);
        var asked = cluster.Nodes.Values.First(node => node.Name.Value != second);
        foreach (var role in (string[])["r1", "r2"]) await asked.Agent!.Operations.MaintainAsync(new RoleName(role), TimeSpan.FromMinutes(1), "for the test", CancellationToken.None);
        await simulation.Delay(TimeSpan.FromMilliseconds(300));

        cluster[owner].Leash.Crash("r1/main", 1);
        cluster[second].PowerOff();
        await simulation.Delay(TimeSpan.FromSeconds(50));

        Assert.Null(cluster.RunsOn("r1"));
        Assert.Null(cluster.RunsOn("r2"));
        var refused = await Assert.ThrowsAsync<HoldfastException>(() => asked.Agent!.Operations.MoveAsync(new("r1"), null, CancellationToken.None));
        Assert.Equal("role.in-maintenance", refused.Code);
        Assert.Equal("role.in-maintenance", (await Assert.ThrowsAsync<HoldfastException>(() => asked.Agent!.Operations.StopAsync(new("r1"), CancellationToken.None))).Code);

        foreach (var role in (string[])["r1", "r2"]) await cluster.UntilServed(role, TimeSpan.FromSeconds(15));
        Assert.Null(cluster.View().Roles[new("r1")].Value.Maintenance);
        var told = cluster.Nodes.Values.SelectMany(node => node.Journal.Last(2000)).Where(item => item.Role == "r1").ToList();
        Assert.Equal(3, told.Count(item => item.Kind == "maintenance.reminder"));
        Assert.Single(told, item => item.Kind == "maintenance.ended");
    }, "r1", "r2");

    [Fact]
    public void A_restarted_agent_goes_on_in_the_clusters_maintenance_with_what_runs() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        var process = owner.Leash.Running.Single().ProcessId;
        await owner.Agent!.Operations.MaintainAsync(null, TimeSpan.FromMinutes(5), null, CancellationToken.None);

        owner.KillAgent();
        await owner.StartAgentAsync();
        await simulation.Delay(TimeSpan.FromSeconds(2));

        Assert.Equal(process, owner.Leash.Running.Single().ProcessId);
        Assert.True(cluster.IsServed("r1"));
        await cluster["a"].Agent!.Operations.EndMaintenanceAsync(null, CancellationToken.None);
        owner.Leash.Crash("r1/main", 1);
        await simulation.Until(() => cluster.RunsOn("r1") is not null, TimeSpan.FromSeconds(1), "it is restarted again");
    }, "r1");

    [Fact]
    public void A_role_follows_the_one_it_goes_with_and_what_is_kept_apart_stays_apart_through_a_power_off() => Play(async (simulation, cluster) =>
    {
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("db"));
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("web") with { Affinity = [new(new("db"))] });
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("shy") with { AntiAffinity = [new(new("db"))] });
        foreach (var role in (string[])["db", "web", "shy"]) await cluster.UntilServed(role, TimeSpan.FromSeconds(5));
        Assert.Equal(cluster.RunsOn("db"), cluster.RunsOn("web"));

        cluster[cluster.RunsOn("db")!].PowerOff();
        await simulation.Until(() => cluster.RunsOn("db") is { } db && cluster.RunsOn("web") == db && cluster.RunsOn("shy") is { } shy && shy != db, TimeSpan.FromSeconds(10), "both are together elsewhere, and apart from the third");
        await simulation.Delay(TimeSpan.FromSeconds(2));

        Assert.Equal(cluster.RunsOn("db"), cluster.RunsOn("web"));
        Assert.NotEqual(cluster.RunsOn("db"), cluster.RunsOn("shy"));
    });

    [Fact]
    public void A_node_that_comes_and_goes_is_quarantined_and_let_out_again() => Play(async (simulation, cluster) =>
    {
        var flapping = cluster["c"];
        for (var loss = 0; loss < 4; loss++)
        {
            flapping.PowerOff();
            await simulation.Until(() => cluster.View().Leases[flapping.Name].Value.State == LeaseState.Ended, TimeSpan.FromSeconds(3), "its loss is recorded");
            await flapping.BootAsync();
            await simulation.Until(() => flapping.Agent!.Keeper.Holds, TimeSpan.FromSeconds(5), "it is back");
        }

        Assert.Equal("was lost 4 times within 1 hour, 3 allowed", cluster.View().Nodes[flapping.Name].Value.Quarantine?.Reason);
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("r1") with { PreferredOwners = [flapping.Name] });
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        Assert.NotEqual("c", cluster.RunsOn("r1"));
        Assert.Single(cluster.Nodes.Values.SelectMany(node => node.Journal.Last(2000)), item => item.Kind == "quarantine.begun");
    });

    [Fact]
    public void A_role_that_runs_everywhere_runs_once_on_each_node_and_is_back_with_its_node() => Play(async (simulation, cluster) =>
    {
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("agents") with { Mode = RoleMode.Everywhere });
        foreach (var node in cluster.Nodes.Keys) await cluster.UntilServed($"agents@{node}", TimeSpan.FromSeconds(3));
        Assert.All(cluster.Nodes.Keys, node => Assert.Equal(node, cluster.RunsOn($"agents@{node}")));

        cluster["b"].PowerOff();
        await simulation.Delay(TimeSpan.FromSeconds(3));
        Assert.Null(cluster.RunsOn("agents@b"));
        Assert.True(cluster.IsServed("agents@a") && cluster.IsServed("agents@c"));
        await cluster["b"].BootAsync();
        await cluster.UntilServed("agents@b", TimeSpan.FromSeconds(10));
        Assert.Equal(2, cluster.PlacementOf("agents@b").Epoch.Number);

        await cluster["a"].Agent!.Operations.DeleteRoleAsync(new("agents"), CancellationToken.None);
        await simulation.Until(() => cluster.View().Roles.IsEmpty, TimeSpan.FromSeconds(5), "it is removed");
        Assert.All(cluster.Nodes.Keys, node => Assert.Null(cluster.RunsOn($"agents@{node}")));
    });

    [Fact]
    public void Roles_leave_a_node_whose_disk_runs_full_and_the_node_says_so_once() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        var free = 600L << 20;
        using var over = new CancellationTokenSource();
        var agent = owner.Agent!;
        _ = new Holdfast.Agent.Health.HealthMonitor(owner.Name, agent.Registry, agent.Feed, agent.Keeper, () => new(free, 1000L << 20, 4L << 30, 8L << 30, null), simulation.Time, owner.Journal).RunAsync(over.Token);
        await simulation.Delay(TimeSpan.FromSeconds(10));
        Assert.Equal(owner.Name.Value, cluster.RunsOn("r1"));

        free = 20L << 20;
        await simulation.Until(() => cluster.RunsOn("r1") is { } now && now != owner.Name.Value, TimeSpan.FromSeconds(10), "it runs on a node that is well");
        Assert.True(cluster.PlacementOf("r1").HandedOver);
        free = 600L << 20;
        await simulation.Until(() => cluster.View().Health[owner.Name].Value.Problems.IsEmpty, TimeSpan.FromSeconds(20), "it is well again");
        over.Cancel();

        Assert.Single(owner.Journal.Last(2000), item => item.Kind == "node.unhealthy");
        Assert.Single(owner.Journal.Last(2000), item => item.Kind == "node.healthy");
    }, "r1");

    [Fact]
    public void A_role_goes_back_when_nobody_uses_it_and_what_is_not_critical_does_not_move_it() => Play(async (simulation, cluster) =>
    {
        var usual = SimulatedCluster.RoleOf("r1");
        var role = usual with
        {
            PreferredOwners = [new("a"), new("b")], Failback = new(FailbackPolicy.WhenIdle), Restarts = new Budget(1, TimeSpan.FromHours(1)),
            Resources = [usual.Resources[0] with { Idle = new ProbeSpec { Kind = ProbeKind.Command, Command = ["/usr/bin/idle"] } }, usual.Resources[0] with { Name = new("extra"), NonCritical = true }],
        };
        foreach (var node in cluster.Nodes.Values) node.Leash.RunExitCode = 1; // Busy.
        await cluster.DeclareAsync(role);
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(3));
        cluster["a"].PowerOff();
        await simulation.Until(() => cluster.RunsOn("r1") == "b", TimeSpan.FromSeconds(5), "it fails over");
        await cluster["a"].BootAsync();
        await simulation.Delay(TimeSpan.FromSeconds(20));
        Assert.Equal("b", cluster.RunsOn("r1"));

        for (var crash = 0; crash < 2; crash++)
        {
            cluster["b"].Leash.Crash("r1/extra", 1);
            await simulation.Delay(TimeSpan.FromSeconds(2));
        }

        Assert.True(cluster.IsServed("r1"));
        Assert.Equal(OnlineState.Failed, cluster.View().Statuses[new("r1")].Value.Resources.Single(r => r.Name.Value == "extra").State);
        Assert.Equal("b", cluster.RunsOn("r1"));

        foreach (var node in cluster.Nodes.Values) node.Leash.RunExitCode = 0; // Idle.
        await simulation.Until(() => cluster.RunsOn("r1") == "a", TimeSpan.FromSeconds(10), "it goes back");
        Assert.Equal(ChangeKind.Failback, cluster.PlacementOf("r1").Kind);
    });

    [Fact]
    public void What_is_stopped_by_hand_is_not_asked_any_more() => Play(async (simulation, cluster) =>
    {
        var usual = SimulatedCluster.RoleOf("r1");
        var probed = usual.Resources[0] with { Probes = [new ProbeSpec { Kind = ProbeKind.Command, Command = ["/usr/bin/ask"], Interval = TimeSpan.FromMilliseconds(50), Threshold = 1 }] };
        await cluster.DeclareAsync(usual with { Resources = [probed, usual.Resources[0] with { Name = new("other") }] });
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];

        await owner.Agent!.Operations.UpdateResourceAsync(new("r1"), new("main"), r => r with { Desired = DesiredState.Offline }, CancellationToken.None);
        await simulation.Until(() => owner.Leash.Running.Count() == 1, TimeSpan.FromSeconds(1), "it is offline");
        owner.Leash.RunExitCode = 1; // Whoever asked now would hear that it does not work.
        await simulation.Delay(TimeSpan.FromSeconds(5));

        Assert.DoesNotContain(owner.Journal.Last(2000), item => item.Kind == "resource.failed");
        Assert.True(cluster.IsServed("r1"));
        await owner.Agent!.Operations.UpdateResourceAsync(new("r1"), new("main"), r => r with { Desired = DesiredState.Online }, CancellationToken.None);
        owner.Leash.RunExitCode = 0;
        await simulation.Until(() => cluster.View().Statuses[new("r1")].Value.Resources.All(r => r.State == OnlineState.Online), TimeSpan.FromSeconds(2), "it is online again");
        owner.Leash.RunExitCode = 1;
        await simulation.Until(() => owner.Journal.Last(2000).Any(item => item.Kind == "resource.failed"), TimeSpan.FromSeconds(1), "it is asked again");
    });

    private static void Play(Func<SimulationRun, SimulatedCluster, Task> scenario, params string[] roles)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            SimulationRun.Play(seed, async simulation =>
            {
                var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b", "c"], roles);
                await scenario(simulation, cluster);
            });
        }
    }
}
