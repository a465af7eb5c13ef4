using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Failures;

/// <summary>The guard and the guarded: each killed or stopped, and never two owners.</summary>
[Collection(ShortLeases.Name)]
public sealed class LeashTests(ThreeNodes lab) : IClassFixture<ThreeNodes>, IAsyncLifetime
{
    private const string Script = "/opt/services/beat.pl";

    private LabCluster Cluster => lab.Cluster;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task With_the_leash_end_its_roles_and_nothing_is_left_of_them()
    {
        var owner = await BeginAsync("leashed", "10.77.0.140", 7140);
        var (service, agent) = (Assert.Single(owner.FindService(Script)), Assert.Single(owner.Find(ProductProcess.Agent)));

        var killed = owner.Send(Assert.Single(owner.Find(ProductProcess.Leash)), Signal.Kill);

        await lab.UntilAsync(() => lab.Beats("leashed").Runs().Count >= 2, "the role comes back");
        var now = await lab.OnlineAsync("leashed", asked: OtherThan(owner));
        await lab.AllUpAsync();
        lab.Beats("leashed").RequireOneAtATime();
        Assert.DoesNotContain(service, owner.FindService(Script));
        Assert.DoesNotContain(agent, owner.Find(ProductProcess.Agent));
        Assert.False(lab.Beats("leashed").Runs()[0].Last > killed + TimeSpan.FromSeconds(20), "the old service ran on");
        await RequireOneHolderAsync("leashed", "10.77.0.140", now);
    }

    [ClusterFact]
    public async Task When_the_agent_is_stopped_beyond_the_lease_its_leash_ends_the_roles_before_another_node_takes_them()
    {
        var owner = await BeginAsync("stopped", "10.77.0.141", 7141);
        var other = OtherThan(owner);
        var incarnation = (await Cluster.NodeAsync(other, owner.Name)).Number("incarnation");
        var agent = Assert.Single(owner.Find(ProductProcess.Agent));

        owner.Send(agent, Signal.Stop);
        LabHost taker;
        try
        {
            taker = await TakenOverAsync("stopped", owner);
            Assert.Empty(owner.FindService(Script));
            Assert.False(await owner.HasAddressAsync("10.77.0.141"));
        }
        finally
        {
            if (owner.Find(ProductProcess.Agent).Contains(agent)) owner.Send(agent, Signal.Continue);
        }

        await lab.AllUpAsync();
        Assert.True((await Cluster.NodeAsync(other, owner.Name)).Number("incarnation") > incarnation);
        Assert.Same(taker, await lab.OnlineAsync("stopped"));
        lab.Beats("stopped").RequireOneAtATime();
        await RequireOneHolderAsync("stopped", "10.77.0.141", taker);
    }

    [ClusterFact]
    public async Task When_the_leash_hangs_its_agent_ends_the_roles_before_another_node_takes_them()
    {
        var owner = await BeginAsync("hung", "10.77.0.142", 7142);
        var leash = Assert.Single(owner.Find(ProductProcess.Leash));

        owner.Send(leash, Signal.Stop);
        LabHost taker;
        try
        {
            taker = await TakenOverAsync("hung", owner);
            lab.Beats("hung").RequireOneAtATime();
            Assert.Empty(owner.FindService(Script));
        }
        finally
        {
            if (owner.Find(ProductProcess.Leash).Contains(leash)) owner.Send(leash, Signal.Continue);
        }

        await lab.AllUpAsync();
        Assert.Same(taker, await lab.OnlineAsync("hung"));
        lab.Beats("hung").RequireOneAtATime();
        await RequireOneHolderAsync("hung", "10.77.0.142", taker);
    }

    [ClusterFact]
    public async Task A_node_that_froze_as_a_whole_gives_its_roles_up_when_it_thaws()
    {
        var owner = await BeginAsync("frozen", "10.77.0.143", 7143);
        var processes = owner.Find(ProductProcess.Agent).Concat(owner.Find(ProductProcess.StandbyAgent)).Concat(owner.Find(ProductProcess.Leash)).Concat(owner.Find(ProductProcess.Etcd)).Concat(owner.FindRole("frozen")).Distinct().ToList();

        // A machine that freezes as a whole, as under a debugger or a hypervisor that swaps.
        foreach (var process in processes) owner.Send(process, Signal.Stop);
        var taker = await TakenOverAsync("frozen", owner);
        Assert.False(await owner.HasAddressAsync("10.77.0.143")); // The kernel took it away: nobody refreshed its lifetime.
        foreach (var process in processes.Where(process => owner.Find(_ => true).Contains(process))) owner.Send(process, Signal.Continue);

        await lab.AllUpAsync();
        await lab.UntilAsync(() => owner.FindService(Script).Count == 0, "the thawed service is ended");
        Assert.Same(taker, await lab.OnlineAsync("frozen"));
        Assert.False(await owner.HasAddressAsync("10.77.0.143"));
    }

    private async Task<LabHost> BeginAsync(string role, string address, int port)
    {
        await Cluster.ApplyAsync(lab["a"], Declarations.Beating(role, address, port, "preferred-owners: [b, c, a]"));
        return await lab.OnlineAsync(role);
    }

    private LabHost OtherThan(LabHost host) => Cluster.Hosts.First(other => other != host);

    private async Task<LabHost> TakenOverAsync(string role, LabHost from)
    {
        await lab.UntilAsync(() => lab.Beats(role).Runs().Any(run => run.Node != from.Name), "another node takes the role");
        return await lab.OnlineAsync(role, asked: OtherThan(from));
    }

    private async Task RequireOneHolderAsync(string role, string address, LabHost owner)
    {
        foreach (var host in Cluster.Hosts)
        {
            Assert.Equal(host == owner, await host.HasAddressAsync(address));
            Assert.Equal(host == owner ? 1 : 0, host.FindService(Script).Count);
            if (host != owner) Assert.Empty(host.FindRole(role));
        }
    }
}
