using Holdfast.Agent.Operations;
using Holdfast.Agent.Peers;
using Holdfast.Cluster;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;

namespace Holdfast.Agent.Tests.Operations;

public sealed class DeclareCalendarTests
{
    private const string Calendar = "{ kind: Calendar, name: holidays, days: [12-25] }";
    private const string Job = "{ kind: Job, name: j, run: command, command: [/bin/true], desired: offline, not-on: [calendar holidays] }";

    [Fact]
    public void A_job_and_the_calendar_that_it_names_are_declared_together_or_not_at_all() => SimulationRun.Play(1, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a"]);
        var node = cluster["a"];
        var leash = new SimulatedLeashConnection(simulation, node.Leash, System.Threading.Channels.Channel.CreateUnbounded<Holdfast.Leash.Protocol.LeashEvent>().Reader);
        var declaring = new Declaring(node.Name, node.Agent!.Operations, leash, LonelyPeers.Instance, null);

        var alone = await Assert.ThrowsAsync<HoldfastException>(() => declaring.ApplyAsync(Job, dryRun: false, CancellationToken.None));
        var planned = await declaring.ApplyAsync($"{Calendar}\n---\n{Job}", dryRun: true, CancellationToken.None);
        Assert.Empty(cluster.View().Calendars);
        var applied = await declaring.ApplyAsync($"{Calendar}\n---\n{Job}", dryRun: false, CancellationToken.None);
        var again = await declaring.ApplyAsync(Calendar.Replace("12-25", "12-26", StringComparison.Ordinal), dryRun: false, CancellationToken.None);

        Assert.Contains("'holidays'", alone.Message, StringComparison.Ordinal);
        Assert.Equal(("create", "create", "update"), (planned.Calendars!.Single().Action, applied.Calendars!.Single().Action, again.Calendars!.Single().Action));
        Assert.Equal("12-26", Assert.Single(cluster.View().Calendars["holidays"].Value.Days));
        Assert.Single(cluster.View().Roles);
    });
}
