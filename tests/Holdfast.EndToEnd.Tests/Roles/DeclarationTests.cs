using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Roles;

/// <summary>What people write down: applied whole, or refused with every mistake named and nothing changed.</summary>
public sealed class DeclarationTests(ThreePatientNodes lab) : IClassFixture<ThreePatientNodes>, IAsyncLifetime
{
    private LabHost A => lab["a"];

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task A_declaration_is_compared_applied_and_deleted()
    {
        var file = await A.WriteAsync(Declarations.Echo("echo", "10.77.0.110", 7010));
        Assert.Equal("create", Assert.Single((await DiffAsync(file)).EnumerateArray()).Text("action"));
        Assert.Empty(await Cluster.RolesAsync(A)); // A comparison changes nothing.

        await Cluster.CommandAsync(A, "apply", "-f", file, "--wait");
        var owner = await lab.OnlineAsync("echo");
        Assert.Equal($"{owner.Name} 1.1", await lab.AskAsync("10.77.0.110", 7010));
        Assert.Equal("unchanged", Assert.Single((await DiffAsync(file)).EnumerateArray()).Text("action"));

        await A.WriteAsync(Declarations.Echo("echo", "10.77.0.110", 7011));
        var change = Assert.Single((await DiffAsync(file)).EnumerateArray());
        Assert.Equal("update", change.Text("action"));
        Assert.Equal(["service"], change.GetProperty("restarts").EnumerateArray().Select(resource => resource.GetString()));
        await Cluster.CommandAsync(A, "apply", "-f", file);
        await lab.UntilAsync(async () => await lab.AskAsync("10.77.0.110", 7011) == $"{owner.Name} 1.1", "the service answers on its new port");
        Assert.Equal("", await lab.AskAsync("10.77.0.110", 7010));

        await Cluster.CommandAsync(lab["b"], "delete", "echo", "--yes");
        await lab.UntilAsync(async () => (await Cluster.RolesAsync(A)).Count == 0, "the role is gone");
        Assert.Empty(owner.FindRole("echo"));
        Assert.False(await owner.HasAddressAsync("10.77.0.110"));
    }

    [ClusterFact]
    public async Task An_unknown_key_is_refused_with_the_nearest_valid_one()
    {
        var error = await RefusedAsync("""
            roles:
              web:
                prefered-owners: [a]
                resources:
                  service: { type: process, command: [/usr/bin/sleep, infinity], user: nobody }
            """);

        Assert.Contains("prefered-owners", error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'preferred-owners'", error, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task Several_mistakes_are_reported_together_and_nothing_is_changed()
    {
        var error = await RefusedAsync("""
            roles:
              good:
                resources:
                  service: { type: process, command: [/usr/bin/sleep, infinity], user: nobody }
              bad:
                possible-owners: [a, zebra]
                restarts: often
                resources:
                  address: { type: ip-address, adress: 10.77.0.111/24 }
                  service: { type: proces, command: [/usr/bin/sleep, infinity], depends-on: [nothing] }
            """);

        foreach (var named in new[] { "zebra", "often", "adress", "proces", "nothing" }) Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", error, StringComparison.Ordinal);
        Assert.Contains("declaration:7:", error, StringComparison.Ordinal); // The line of the mistake.
    }

    [ClusterFact]
    public async Task What_only_a_node_can_know_is_checked_on_the_nodes()
    {
        var error = await RefusedAsync("""
            roles:
              web:
                possible-owners: [b]
                resources:
                  service: { type: process, command: [/opt/nowhere/server], user: nobody }
                  other: { type: process, command: [/usr/bin/sleep, infinity], user: martian }
                  address: { type: ip-address, address: 192.0.2.5/24 }
            """);

        foreach (var named in new[] { "on node b", "/opt/nowhere/server", "martian", "192.0.2.5" }) Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [ClusterFact]
    public async Task An_address_that_a_machine_of_the_network_holds_is_refused()
    {
        await lab.Lab.Client.ShellAsync("ip addr add 10.77.0.199/24 dev eth0");
        try
        {
            var error = await RefusedAsync(Declarations.Echo("web", "10.77.0.199"));

            Assert.Contains("10.77.0.199 is in use on the network", error, StringComparison.Ordinal);
            Assert.Contains("choose another", error, StringComparison.Ordinal);
            Assert.False(await A.HasAddressAsync("10.77.0.199"));
        }
        finally
        {
            await lab.Lab.Client.ShellAsync("ip addr del 10.77.0.199/24 dev eth0");
        }

        await Cluster.ApplyAsync(A, Declarations.Echo("web", "10.77.0.199"));
        await lab.OnlineAsync("web");
    }

    [ClusterFact]
    public async Task What_does_not_exist_is_named_in_one_line()
    {
        await Cluster.ApplyAsync(A, Declarations.Sleeping("known"));
        await lab.OnlineAsync("known");

        foreach (var act in new[] { "show", "move", "start", "stop", "explain", "standby" })
            await Cluster.RefusedAsync(A, 3, "role.not-found", "role", act, "unknown");
        await Cluster.RefusedAsync(A, 3, "role.not-found", "delete", "unknown", "--yes");
        await Cluster.RefusedAsync(A, 3, "role.not-found", "resource", "add", "unknown", "x", "--type", "process", "--command", "/usr/bin/sleep 1");
        await Cluster.RefusedAsync(A, 3, "resource.not-found", "resource", "restart", "known", "unknown");
        await Cluster.RefusedAsync(A, 3, "node.not-found", "role", "move", "known", "--to", "zebra");
        foreach (var act in new[] { "pause", "resume", "drain" })
            await Cluster.RefusedAsync(A, 3, "node.not-found", "node", act, "zebra");
        await Cluster.RefusedAsync(A, 3, "file.not-found", "apply", "-f", "/tmp/nowhere.yaml");
        await Cluster.RefusedAsync(A, 4, "role.exists", "role", "create", "known", "--process", "/usr/bin/sleep 1");
        await Cluster.RefusedAsync(A, 4, "resource.exists", "resource", "add", "known", "service", "--type", "process", "--command", "/usr/bin/sleep 1");
        await Cluster.RefusedAsync(A, 2, "name.invalid", "role", "create", "Not_A_Name", "--process", "/usr/bin/sleep 1");
    }

    private async Task<System.Text.Json.JsonElement> DiffAsync(string file) => (await Cluster.QueryAsync(A, "diff", "-f", file)).GetProperty("changes");

    /// <summary>Applies what must be refused, on a node and by comparison too, and requires that nothing came of it.</summary>
    private async Task<string> RefusedAsync(string yaml)
    {
        var file = await A.WriteAsync(yaml);
        await Cluster.RefusedAsync(A, 2, "declaration.invalid", "diff", "-f", file);
        var error = await Cluster.RefusedAsync(A, 2, "declaration.invalid", "apply", "-f", file);
        Assert.Empty(await Cluster.RolesAsync(lab["c"]));
        return error;
    }
}
