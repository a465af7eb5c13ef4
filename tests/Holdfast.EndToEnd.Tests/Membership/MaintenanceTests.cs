using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Membership;

/// <summary>Pause, drain and resume.</summary>
public sealed class MaintenanceTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_paused_node_keeps_what_it_has_and_is_given_nothing()
    {
        var (a, b, c) = (lab["a"], lab["b"], lab["c"]);
        await Cluster.ApplyAsync(a, Declarations.Sleeping("kept", "preferred-owners: [c]"));
        await lab.OnlineAsync("kept", c);

        await Cluster.CommandAsync(b, "node", "pause", "c");
        await Cluster.ApplyAsync(a, Declarations.Sleeping("late", "preferred-owners: [c, b]"));

        await lab.OnlineAsync("late", b);
        Assert.Same(c, await lab.OnlineAsync("kept"));
        var error = await Cluster.RefusedAsync(a, 4, "node.not-eligible", "role", "move", "late", "--to", "c");
        Assert.Contains("paused", error, StringComparison.Ordinal);
        Assert.Equal("paused", (await Cluster.NodeAsync(a, "c")).Text("intent"));

        await Cluster.CommandAsync(b, "node", "resume", "c");
        await Cluster.MoveAsync(a, "late", "c");
        await lab.OnlineAsync("late", c);
    }

    [ClusterFact]
    public async Task A_drained_node_gives_its_roles_away_and_gets_back_those_that_want_to()
    {
        var (a, c) = (lab["a"], lab["c"]);
        await Cluster.ApplyAsync(a, Declarations.Beating("returns", "10.77.0.102", 7102, "preferred-owners: [c, b]\n    failback: at-once"));
        await Cluster.ApplyAsync(a, Declarations.Sleeping("stays", "preferred-owners: [c, a]"));
        await lab.OnlineAsync("returns", c);
        await lab.OnlineAsync("stays", c);

        await Cluster.CommandAsync(c, "node", "drain", "c");

        await lab.OnlineAsync("returns", lab["b"]);
        await lab.OnlineAsync("stays", a);
        var drained = await Cluster.NodeAsync(a, "c");
        Assert.Equal("draining", drained.Text("intent"));
        Assert.Equal(0, drained.GetProperty("roles").GetArrayLength());
        Assert.Empty(c.FindRole("returns"));
        Assert.False(await c.HasAddressAsync("10.77.0.102"));

        await Cluster.CommandAsync(a, "node", "resume", "c");

        await lab.OnlineAsync("returns", c);
        Assert.Same(a, await lab.OnlineAsync("stays"));
        lab.Beats("returns").RequireOneAtATime();
    }
}
