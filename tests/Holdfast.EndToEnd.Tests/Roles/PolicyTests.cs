using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Roles;

/// <summary>What is done about a role when something happens, and what is not.</summary>
public sealed class PolicyTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private LabHost A => lab["a"];

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task In_maintenance_a_killed_service_stays_down_is_told_of_and_is_started_when_it_is_over()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("upkeep", "10.77.0.130", 7130, "preferred-owners: [b]"));
        await lab.OnlineAsync("upkeep", lab["b"]);
        await Cluster.CommandAsync(lab["c"], "role", "maintenance", "upkeep", "--for", "1h", "--reason", "new disk");
        await lab.UntilAsync(async () => (await Cluster.RoleAsync(lab["b"], "upkeep")).TryGetProperty("maintenance", out var known) && known.Text("reason") == "new disk", "b knows of the maintenance");

        lab["b"].Send(Assert.Single(lab["b"].FindService("/opt/services/beat.pl")), Signal.Kill);
        await lab.UntilAsync(async () => (await Cluster.RoleAsync(A, "upkeep")).Text("state") == "failed", "it is seen as failed");

        await Cluster.RefusedAsync(A, 4, "role.in-maintenance", "role", "move", "upkeep");
        await Cluster.RefusedAsync(A, 2, "maintenance.invalid", "cluster", "maintenance", "--for", "10s");
        Assert.Contains("new disk", (await Cluster.TryCommandAsync(A, "cluster", "status")).Output, StringComparison.Ordinal);
        Assert.Empty(lab["b"].FindService("/opt/services/beat.pl"));
        Assert.Single(lab.Beats("upkeep").Runs());
        Assert.True(await lab["b"].HasAddressAsync("10.77.0.130"));

        await Cluster.CommandAsync(A, "role", "maintenance", "upkeep", "--end");

        await lab.OnlineAsync("upkeep", lab["b"]);
        Assert.Equal(["b", "b"], lab.Beats("upkeep").RequireOneAtATime().Select(run => run.Node));
        await Cluster.RefusedAsync(A, 4, "maintenance.none", "role", "maintenance", "upkeep", "--end");
    }
}
