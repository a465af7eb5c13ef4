using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Failures;

/// <summary>Two members and a witness are a full cluster.</summary>
[Collection(ShortLeases.Name)]
public sealed class WitnessTests(TwoNodesAndWitness lab) : IClassFixture<TwoNodesAndWitness>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task When_a_member_loses_its_power_the_other_takes_over_and_the_witness_never_does()
    {
        await Cluster.ApplyAsync(lab["w"], Declarations.Beating("pair", "10.77.0.160", 7160, "preferred-owners: [a]"));
        await lab.OnlineAsync("pair", lab["a"]);

        await lab["a"].PowerOffAsync();
        await lab.OnlineAsync("pair", lab["b"], asked: lab["w"]);

        await lab["a"].PowerOnAsync();
        await lab.AllUpAsync();
        await lab["b"].PowerOffAsync();
        await lab.OnlineAsync("pair", lab["a"], asked: lab["w"]);

        Assert.Equal(["a", "b", "a"], lab.Beats("pair").RequireOneAtATime().Select(run => run.Node));
    }

    [ClusterFact]
    public async Task The_witness_votes_and_is_given_no_role()
    {
        var witness = await Cluster.NodeAsync(lab["a"], "w");
        Assert.Equal("witness", witness.Text("kind"));
        Assert.True(witness.GetProperty("voter").GetBoolean());
        await Cluster.ApplyAsync(lab["a"], Declarations.Sleeping("lonely"));
        await lab.OnlineAsync("lonely");

        await Cluster.RefusedAsync(lab["a"], 4, "node.not-eligible", "role", "move", "lonely", "--to", "w");
        foreach (var member in new[] { "a", "b" }) await Cluster.CommandAsync(lab["a"], "node", "drain", member);

        Assert.Empty(lab["w"].FindRole("lonely"));
        Assert.Contains((await Cluster.RoleAsync(lab["a"], "lonely")).Text("owner"), new[] { "a", "b" });
    }
}
