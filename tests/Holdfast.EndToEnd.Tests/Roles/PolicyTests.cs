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

    [ClusterFact]
    public async Task A_role_that_runs_everywhere_runs_on_every_node_leaves_a_drained_one_and_comes_back()
    {
        await Cluster.ApplyAsync(A, Declarations.Sleeping("agents", "mode: everywhere"));
        await EverywhereAsync("a", "b", "c");
        await Cluster.RefusedAsync(A, 4, "role.everywhere", "role", "move", "agents", "--to", "b");

        await Cluster.CommandAsync(A, "node", "drain", "c");
        await EverywhereAsync("a", "b");
        Assert.Equal("online", (await Cluster.RoleAsync(A, "agents")).Text("state"));

        await Cluster.CommandAsync(A, "node", "resume", "c");
        await EverywhereAsync("a", "b", "c");
        Assert.Equal(["1.1", "1.1", "1.2"], (await Cluster.RoleAsync(A, "agents")).GetProperty("instances").EnumerateArray().Select(instance => instance.Text("epoch")));

        await Cluster.CommandAsync(A, "role", "stop", "agents", "--wait");
        await EverywhereAsync();
    }

    [ClusterFact]
    public async Task A_node_whose_disk_runs_full_gives_its_role_away_and_is_well_again_when_there_is_room()
    {
        await Cluster.ApplyAsync(A, Declarations.Beating("roomy", "10.77.0.131", 7131, "preferred-owners: [c]"));
        await lab.OnlineAsync("roomy", lab["c"]);
        try
        {
            await lab["c"].ShellAsync("fallocate -l $(( $(df --output=avail -B1 /var/lib/holdfast | tail -1) * 97 / 100 )) /var/lib/holdfast/filler");

            await lab.UntilAsync(async () => (await Cluster.RoleAsync(A, "roomy")) is var role && role.Text("state") == "online" && role.Text("owner") != "c", "it runs on a node with room");
            Assert.Contains("runs out of disk", (await Cluster.RoleAsync(A, "roomy")).Text("because") + (await Cluster.TryCommandAsync(A, "cluster", "status")).Output, StringComparison.Ordinal);
            Assert.Equal("up", (await Cluster.NodeAsync(A, "c")).Text("state")); // It gave the role away while it could.
            Assert.Contains("because c runs out of disk", (await Cluster.TryCommandAsync(A, "role", "explain", "roomy", "--json")).Output, StringComparison.Ordinal);
        }
        finally
        {
            await lab["c"].ShellAsync("rm -f /var/lib/holdfast/filler");
        }

        await lab.UntilAsync(async () => (await Cluster.NodeAsync(A, "c")).GetProperty("problems").GetArrayLength() == 0, "c is well again");
        lab.Beats("roomy").RequireOneAtATime();
    }

    /// <summary>Waits until the role runs, once each, on these nodes and on no other.</summary>
    private Task EverywhereAsync(params string[] nodes) => lab.UntilAsync(
        async () => (await Cluster.RoleAsync(A, "agents")).GetProperty("instances").EnumerateArray().Where(instance => instance.Text("state") == "online").Select(instance => instance.Text("node")).SequenceEqual(nodes)
            && Cluster.Hosts.All(host => host.FindRole($"agents@{host.Name}").Count > 0 == nodes.Contains(host.Name)),
        $"it runs on {string.Join(", ", nodes)}");
}
