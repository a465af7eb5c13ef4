using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Tests;

/// <summary>
/// Everything that can go wrong with three nodes, in any order. That no role runs twice and no epoch goes back is checked after
/// every effect of every leash; when the storm is over, every role is served again. A failing seed is named with its last steps.
/// </summary>
public sealed class FaultStormTests
{
    private static readonly string[] Roles = ["r1", "r2", "r3"];

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(300)]
    public void No_role_ever_runs_twice_and_every_role_is_served_when_the_storm_is_over(int firstSeed)
    {
        for (var seed = firstSeed; seed < firstSeed + 10; seed++) SimulationRun.Run(seed, StormAsync);
    }

    private static async Task StormAsync(SimulationRun simulation)
    {
        await using var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b", "c"], Roles);
        for (var round = 0; round < 40; round++)
        {
            await simulation.Delay(simulation.Between(1, simulation.Random.Next(4) == 0 ? 2000 : 400));
            await FaultAsync(simulation, cluster, cluster.Nodes.Values.ElementAt(simulation.Random.Next(3)));
        }

        simulation.Note("the storm is over");
        foreach (var node in cluster.Nodes.Values)
        {
            node.Store.Faults = StoreFaults.None;
            node.Store.Heal();
            node.Store.ResumeWatches();
            node.Leash.StopTime = TimeSpan.FromMilliseconds(5);
            if (node.Leash.IsDead) await node.BootAsync();
            else if (node.Agent is null) await node.StartAgentAsync();
        }

        try
        {
            foreach (var role in Roles) await cluster.UntilServed(role, TimeSpan.FromSeconds(15));
        }
        catch (SimulationException)
        {
            foreach (var node in cluster.Nodes.Values) simulation.Note($"{node.Name}: {node.Agent!.Keeper.Standing}, {node.Agent.Feed.Trouble ?? "connected"}, {string.Join("; ", node.Agent.Planner.Waiting.Values.Select(w => w.Sentence))}");
            foreach (var role in Roles) simulation.Note($"{cluster.PlacementOf(role)}");
            foreach (var item in cluster.Nodes.Values.SelectMany(node => node.Journal.Last(6)).OrderBy(item => item.At)) simulation.Note($"{item.At:ss.fff} {item.Node} {item.Kind} {item.Message}");
            throw;
        }
    }

    private static async Task FaultAsync(SimulationRun simulation, SimulatedCluster cluster, SimulatedNode node)
    {
        var random = simulation.Random;
        switch (random.Next(12))
        {
            case 0 when !node.Leash.IsDead: node.PowerOff(); break;
            case 1 or 2 when node.Leash.IsDead: await node.BootAsync(); break;
            case 1 when !node.Leash.IsDead:
                simulation.Note($"{node.Name}: its agent is killed");
                node.KillAgent();
                break;
            case 2 or 3 when !node.Leash.IsDead && node.Agent is null: await node.StartAgentAsync(); break;
            case 4:
                simulation.Note($"{node.Name} is cut off");
                node.Store.Cut();
                break;
            case 5 or 6:
                simulation.Note($"{node.Name} is healed");
                node.Store.Heal();
                node.Store.ResumeWatches();
                break;
            case 7:
                simulation.Note($"{node.Name}: watches fall silent");
                node.Store.StallWatches();
                break;
            case 8:
                node.Store.Faults = new StoreFaults
                {
                    Latency = random.Next(3) == 0 ? 150 : 5, LostAnswers = random.Next(40), LostRequests = random.Next(20), LateRequests = random.Next(20), FailedReads = random.Next(20),
                };
                break;
            case 9:
                node.Leash.StopTime = simulation.Between(1, random.Next(4) == 0 ? 3000 : 100);
                node.Leash.Crash($"{Roles[random.Next(3)]}/main", 1);
                break;
            case 10 when cluster.Nodes.Values.FirstOrDefault(n => n.Agent is { Feed.Current: not null }) is { } asked:
                try
                {
                    await asked.Agent!.Operations.MoveAsync(new RoleName(Roles[random.Next(3)]), null, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1), simulation.Time);
                }
                catch (Exception exception) when (exception is HoldfastException or TimeoutException)
                {
                    // It cannot be moved now, or its node died while it was asked.
                }

                break;
            case 11:
                var record = cluster.View().Leases.TryGetValue(node.Name, out var lease) ? lease.Value : null;
                if (record is not { State: Holdfast.Cluster.Leases.LeaseState.Live }) break;
                simulation.Note($"{node.Name} is condemned");
                await cluster.WriteAsync(RegistryKeys.Lease(node.Name), record with { State = Holdfast.Cluster.Leases.LeaseState.Closing }, RegistryJson.Default.LeaseRecord);
                break;
        }
    }
}
