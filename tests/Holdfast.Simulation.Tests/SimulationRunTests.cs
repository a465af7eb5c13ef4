using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;

namespace Holdfast.Simulation.Tests;

public sealed class SimulationRunTests
{
    [Fact]
    public void Time_stands_still_while_anything_runs_and_jumps_when_nothing_does()
    {
        var simulation = SimulationRun.Play(1, async simulation =>
        {
            await simulation.Delay(TimeSpan.FromMinutes(30));
            await Task.Yield();
        });

        Assert.Equal(TimeSpan.FromMinutes(30), simulation.Time.Now);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run_and_another_seed_another()
    {
        var (first, again, other) = (Play(7), Play(7), Play(8));

        Assert.Equal(first.Log, again.Log);
        Assert.Equal(first.Steps, again.Steps);
        Assert.NotEqual(first.Log, other.Log);

        static SimulationRun Play(int seed) => SimulationRun.Play(seed, async simulation =>
        {
            var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b", "c"], "orders", "mail");
            await cluster.UntilServed("orders", TimeSpan.FromSeconds(5));
            cluster[cluster.RunsOn("orders")!].PowerOff();
            await cluster.UntilServed("orders", TimeSpan.FromSeconds(5));
        });
    }

    [Fact]
    public void A_scenario_that_waits_for_nothing_fails_instead_of_hanging() =>
        Assert.Contains("never comes", Assert.Throws<SimulationException>(() => SimulationRun.Play(1, _ => new TaskCompletionSource().Task)).Message);
}
