using System.Text.Json;
using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>A client machine that is protected by a job of its own, and goes away.</summary>
public sealed class ClientTests(ThreePatientNodesAndSpare lab) : IClassFixture<ThreePatientNodesAndSpare>
{
    private const string Vault = "--vault /opt/beats/vault --password-file /opt/beats/key";

    private LabCluster Cluster => lab.Cluster;

    [ClusterFact]
    public async Task A_client_machine_is_protected_and_nobody_notices_when_its_power_goes_and_comes_back()
    {
        var (a, laptop) = (lab["a"], lab.Spare);
        await Cluster.CommandAsync(laptop, "node", "join", "--client", "--token", await Cluster.TokenAsync(a), "--address", laptop.Address, "--node", "d");
        await lab.UntilAsync(async () => (await Cluster.NodeAsync(a, "d")).Text("state") == "up", "the client machine is up");
        await Cluster.RefusedAsync(a, 2, "declaration.invalid", "role", "create", "web", "--process", "sleep infinity", "--possible-owners", "a,d");
        await laptop.ShellAsync($"mkdir /var/lib/holdfast/home; echo one >/var/lib/holdfast/home/letter; echo secret >/opt/beats/key; holdfast vault init {Vault}");
        await Cluster.ApplyAsync(a, Declarations.Sleeping("web", ""));
        await Cluster.ApplyAsync(a, """
            kind: Job
            name: home
            run: backup
            user: root
            placement: { required: [d] }
            vault: /opt/beats/vault
            password-file: /opt/beats/key
            paths: [/var/lib/holdfast/home]
            """);
        await Cluster.CommandAsync(a, "job", "run", "home", "--wait");
        var first = Assert.Single(await RunsAsync());
        Assert.Equal(("completed", "d"), (first.Text("state"), first.Text("node")));
        await lab.OnlineAsync("web");
        var (role, epochs) = (await Cluster.RoleAsync(a, "web"), await PlacesAsync());

        await laptop.ShellAsync("echo two >/var/lib/holdfast/home/letter; sync");
        await laptop.PowerOffAsync();
        await lab.UntilAsync(async () => (await Cluster.NodeAsync(a, "d")).Text("state") == "away", "the client machine is away");
        await Cluster.CommandAsync(a, "job", "run", "home");

        var job = (await Cluster.QueryAsync(a, "job", "show", "home")).GetProperty("job");
        Assert.Equal("waiting", job.Text("state"));
        Assert.Contains("waiting to start: machine d is not there", job.Text("reason"), StringComparison.Ordinal);
        var status = await Cluster.QueryAsync(a, "cluster", "status");
        Assert.Equal(("ok", 0), (status.Text("store"), status.GetProperty("warnings").GetArrayLength()));
        Assert.Equal(epochs, await PlacesAsync());

        await laptop.PowerOnAsync();
        await lab.UntilAsync(async () => await RunsAsync() is [var run, _] && run.Text("state") == "completed" && run.Text("node") == "d", "the run that was asked for meanwhile is completed");

        var latest = (await RunsAsync())[0].Text("snapshot");
        Assert.Equal("two", (await laptop.ShellAsync($"holdfast dump {Vault} {latest} /var/lib/holdfast/home/letter")).Trim());
        Assert.Equal(role.Text("epoch"), (await Cluster.RoleAsync(a, "web")).Text("epoch"));
    }

    /// <summary>Where the roles are that have nothing to do with the client machine, with their epochs.</summary>
    private async Task<string> PlacesAsync() => string.Join(", ", (await Cluster.RolesAsync(lab["a"])).Where(item => item.Text("name") != "home").Select(item => $"{item.Text("name")} {item.Text("owner")} {item.Text("epoch")}"));

    private async Task<IReadOnlyList<JsonElement>> RunsAsync() => [.. (await Cluster.QueryAsync(lab["a"], "job", "history", "home")).EnumerateArray()];
}
