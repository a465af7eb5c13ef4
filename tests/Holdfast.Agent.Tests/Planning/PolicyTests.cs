using Holdfast.Agent.Tests.Simulated;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

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

    private static void Play(Func<Simulation, SimulatedCluster, Task> scenario, params string[] roles)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            Simulation.Run(seed, async simulation =>
            {
                await using var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b", "c"], roles);
                await scenario(simulation, cluster);
            });
        }
    }
}
