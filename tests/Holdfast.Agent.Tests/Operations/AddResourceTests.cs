using Holdfast.Agent.Operations;
using Holdfast.Agent.Peers;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;

namespace Holdfast.Agent.Tests.Operations;

public sealed class AddResourceTests
{
    private static readonly RoleName Orders = new("orders");

    [Fact]
    public void A_resource_is_added_and_the_rest_of_the_role_stays_as_it_was() => Play(async (cluster, declaring) =>
    {
        var before = cluster.View().Roles[Orders].Value;

        await declaring.AddResourceAsync(Orders, "metrics: {type: process, command: [/bin/true, -v], depends-on: [main], start-timeout: 5s}", CancellationToken.None);

        var after = cluster.View().Roles[Orders].Value;
        var added = after.Resources.Single(r => r.Name.Value == "metrics");
        Assert.Equal(before, after with { Resources = after.Resources.Remove(added) });
        Assert.Equal(["/bin/true", "-v"], added.Properties["command"].Items!.Value.AsEnumerable());
        Assert.Equal([new ResourceName("main")], added.DependsOn.AsEnumerable());
        Assert.Equal(TimeSpan.FromSeconds(5), added.StartTimeout);
    });

    [Theory]
    [InlineData("main: {type: process, command: [/bin/true]}", "resource.exists")]
    [InlineData("a: {type: process, command: [/bin/true]}\nb: {type: process, command: [/bin/true]}", "declaration.invalid")]
    [InlineData("metrics: {type: nothing}", "declaration.invalid")]
    [InlineData("metrics: {type: process}", "declaration.invalid")]
    [InlineData("metrics: {type: process, command: [/bin/true], depends-on: [missing]}", "declaration.invalid")]
    [InlineData("Not a name: {type: process, command: [/bin/true]}", "declaration.invalid")]
    [InlineData("[a, list]", "declaration.invalid")]
    [InlineData("? [a, key]\n: {type: process, command: [/bin/true]}", "declaration.invalid")]
    [InlineData("metrics: {type: process", "declaration.invalid")]
    [InlineData("metrics: &x {a: *y}", "declaration.invalid")]
    [InlineData("metrics", "declaration.invalid")]
    [InlineData("", "declaration.invalid")]
    public void What_cannot_be_added_is_refused_and_changes_nothing(string yaml, string code) => Play(async (cluster, declaring) =>
    {
        var before = cluster.View().Roles[Orders];

        var error = await Assert.ThrowsAsync<HoldfastException>(() => declaring.AddResourceAsync(Orders, yaml, CancellationToken.None));

        Assert.Equal(code, error.Code);
        Assert.Equal(before, cluster.View().Roles[Orders]);
    });

    [Fact]
    public void A_role_that_is_not_there_is_named() => Play(async (cluster, declaring) =>
    {
        var error = await Assert.ThrowsAsync<HoldfastException>(() => declaring.AddResourceAsync(new RoleName("mail"), "a: {type: process, command: [/bin/true]}", CancellationToken.None));

        Assert.Equal(("role.not-found", ErrorKind.NotFound), (error.Code, error.Kind));
    });

    [Fact]
    public void A_job_that_its_worker_would_refuse_is_refused_by_name_when_it_is_declared() => Play(async (cluster, declaring) =>
    {
        var error = await Assert.ThrowsAsync<HoldfastException>(() => declaring.ApplyAsync("{ kind: Job, name: look, run: check, vault: /v, password-file: /p, read: half }", dryRun: false, CancellationToken.None));

        Assert.Equal("declaration.invalid", error.Code);
        Assert.Contains("roles.look.resources.job.read: says the judge.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(new RoleName("look"), cluster.View().Roles.Keys);
    });

    private static void Play(Func<SimulatedCluster, Declaring, Task> scenario) => SimulationRun.Play(1, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a"]);
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("orders") with { Desired = DesiredState.Offline, Priority = 7, Resources = [.. SimulatedCluster.RoleOf("orders").Resources.Select(r => r with { Properties = r.Properties.SetItem("command", PropertyValue.Of(["/bin/true"])) })] });
        var node = cluster["a"];
        await simulation.Until(() => node.Agent!.Operations.Situation().View.Placements.ContainsKey(Orders), TimeSpan.FromSeconds(1), "the node knows the role");
        await scenario(cluster, new Declaring(node.Name, node.Agent!.Operations, new SimulatedLeashConnection(simulation, node.Leash, System.Threading.Channels.Channel.CreateUnbounded<Holdfast.Leash.Protocol.LeashEvent>().Reader), LonelyPeers.Instance, null, (_, properties) => properties.ContainsKey("read") ? [("read", "says the judge.")] : []));
    });
}
