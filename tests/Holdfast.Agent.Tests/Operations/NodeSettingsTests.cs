using System.Text.Json;
using Holdfast.Agent.Operations;
using Holdfast.Cluster;
using Holdfast.Cluster.Nodes;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;

namespace Holdfast.Agent.Tests.Operations;

/// <summary>What a node is set to, from any node.</summary>
public sealed class NodeSettingsTests
{
    [Fact]
    public void Settings_are_kept_in_the_nodes_record_through_what_else_becomes_of_it_and_told() => SimulationRun.Play(1, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b"]);
        var asked = cluster["a"];
        var operations = new NodeSettingsOperations(asked.Agent!.Operations, asked.Journal);

        Assert.Equal("Node b is set: description rack 4 (was as by default), jobs 2 (was as by default).", await operations.PutAsync(new("b"), Json("""{ "description": " rack 4 ", "jobs": 2, "bandwidth": null }"""), CancellationToken.None));
        await asked.Agent.Operations.UpdateNodeAsync(new("b"), record => record with { Intent = NodeIntent.Paused }, CancellationToken.None);

        Assert.Equal(new NodeSettings { Description = "rack 4", Jobs = 2 }, operations.Show(new("b")).Settings);
        Assert.Null(cluster.View().Nodes[new("a")].Value.Settings);
        Assert.Equal("Node b was set: description rack 4 (was as by default), jobs 2 (was as by default).", Assert.Single(asked.Journal.Last(100), item => item.Kind == "node.set").Message);
        Assert.Contains("nothing changed", await operations.PutAsync(new("b"), Json("""{ "description": "rack 4", "jobs": 2 }"""), CancellationToken.None), StringComparison.Ordinal);
        Assert.Single(asked.Journal.Last(100), item => item.Kind == "node.set");

        await operations.PutAsync(new("b"), Json("{}"), CancellationToken.None);
        Assert.Null(cluster.View().Nodes[new("b")].Value.Settings); // As a node that nobody ever set anything of.
    });

    [Theory]
    [InlineData("""{ "description": "new", "jobs": 0 }""", "jobs is 0; it must be from 1 to 100.")]
    [InlineData("""{ "description": "new", "jobs": "two" }""", "jobs is two; it must be a whole number.")]
    [InlineData("""{ "description": "new", "jobs": 1.5 }""", "jobs is 1.5; it must be a whole number.")]
    [InlineData("""{ "description": "new", "jobs": 99999999999 }""", "jobs is 2147483647; it must be from 1 to 100.")]
    [InlineData("""{ "description": 7 }""", "description is 7; it must be a text.")]
    [InlineData("""{ "description": "new", "job": 2 }""", "there is no setting 'job'; did you mean 'jobs'?")]
    [InlineData("[]", "settings are one object, such as { \"jobs\": 2 }.")]
    public void Bad_input_is_refused_whole_with_its_name(string asked, string complaint) => SimulationRun.Play(1, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a"]);
        var operations = new NodeSettingsOperations(cluster["a"].Agent!.Operations, cluster["a"].Journal);

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => operations.PutAsync(new("a"), Json(asked), CancellationToken.None));

        Assert.Equal(("node.settings-invalid", ErrorKind.Invalid), (refused.Code, refused.Kind));
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
        Assert.Equal(NodeSettings.None, operations.Show(new("a")).Settings);
    });

    [Fact]
    public void Nothing_can_be_set_of_a_node_that_there_is_not() => SimulationRun.Play(1, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a"]);
        var operations = new NodeSettingsOperations(cluster["a"].Agent!.Operations, cluster["a"].Journal);

        Assert.Equal("node.not-found", (await Assert.ThrowsAsync<HoldfastException>(() => operations.PutAsync(new("z"), Json("{}"), CancellationToken.None))).Code);
        Assert.Equal("node.not-found", Assert.Throws<HoldfastException>(() => operations.Show(new("z"))).Code);
    });

    [Fact]
    public void A_threshold_of_health_counts_without_a_restart() => SimulationRun.Play(1, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b"]);
        var node = cluster["b"];
        var agent = node.Agent!;
        using var over = new CancellationTokenSource();
        _ = new Holdfast.Agent.Health.HealthMonitor(node.Name, agent.Registry, agent.Feed, agent.Keeper, () => new(90L << 30, 1000L << 30, 4L << 30, 8L << 30, null), simulation.Time, node.Journal).RunAsync(over.Token);
        await simulation.Delay(TimeSpan.FromSeconds(10));
        Assert.False(cluster.View().Health.ContainsKey(node.Name));

        await new NodeSettingsOperations(cluster["a"].Agent!.Operations, cluster["a"].Journal).PutAsync(node.Name, Json("""{ "diskFreePercent": 10 }"""), CancellationToken.None);

        await simulation.Until(() => cluster.View().Health.TryGetValue(node.Name, out var health) && !health.Value.Problems.IsEmpty, TimeSpan.FromSeconds(10), "it says that its disk runs out");
        over.Cancel();
    });

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
