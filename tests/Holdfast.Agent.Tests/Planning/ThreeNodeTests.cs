using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Mistakes;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Tests.Planning;

/// <summary>Planner, keeper, runner and feed of three nodes; that no role ever runs twice is checked after every effect.</summary>
public sealed class ThreeNodeTests
{
    private static readonly TimeSpan Takeover = TimingProfile.Lan.LeaseDuration + TimingProfile.Lan.Margin + TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Every_role_is_served_and_they_are_spread() => Play(async (simulation, cluster) =>
    {
        foreach (var role in (string[])["r1", "r2", "r3"]) await cluster.UntilServed(role, TimeSpan.FromSeconds(2));

        Assert.Equal(3, new[] { "r1", "r2", "r3" }.Select(cluster.RunsOn).Distinct().Count());
    }, "r1", "r2", "r3");

    [Fact]
    public void A_role_runs_elsewhere_within_the_lease_and_margin_after_its_node_lost_its_power() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var (owner, epoch) = (cluster.RunsOn("r1")!, cluster.PlacementOf("r1").Epoch);

        cluster[owner].PowerOff();
        await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover, "another node runs it");

        Assert.NotEqual(owner, cluster.RunsOn("r1"));
        Assert.True(cluster.PlacementOf("r1").Epoch > epoch);
    }, "r1");

    [Fact]
    public void A_node_cut_off_ends_its_roles_before_anyone_takes_them_over_and_does_not_act_when_it_is_back() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];

        owner.Store.Cut();
        await simulation.Until(() => !owner.Leash.Running.Any(), Takeover, "its leash ends it");
        await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover, "another node runs it");
        var newOwner = cluster.RunsOn("r1");
        owner.Store.Heal();
        await simulation.Until(() => owner.Agent!.Keeper.Holds, TimeSpan.FromSeconds(3), "it comes back");
        await simulation.Delay(TimeSpan.FromSeconds(3));

        Assert.Empty(owner.Leash.Running);
        Assert.Equal(newOwner, cluster.RunsOn("r1"));
    }, "r1");

    [Theory]
    [InlineData("lan")]
    [InlineData("fast")]
    public void What_a_leash_does_not_end_that_stands_still_after_its_deadline_its_agent_ends_within_K(string name)
    {
        var profile = TimingProfile.All.Single(profile => profile.Name == name);
        for (var seed = 1; seed <= 10; seed++)
        {
            SimulationRun.Play(seed, async simulation =>
            {
                var cluster = new SimulatedCluster(simulation, Mistake.None, new Dictionary<string, TimingProfile> { ["a"] = profile, ["b"] = profile, ["c"] = profile });
                await cluster.StartAsync([SimulatedCluster.RoleOf("r1")]);
                await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
                var owner = cluster[cluster.RunsOn("r1")!];

                owner.Store.Cut();
                while (!owner.Leash.Expired) await simulation.Delay(TimeSpan.FromMilliseconds(0.05));
                owner.Leash.Actor.Pause(); // It has said that it will end everything, and no more.
                await simulation.Until(() => owner.Kernel.Running.Count == 0, profile.KillTime, "its agent ends what it did not");
                await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover, "another node runs it");
            });
        }
    }

    [Fact]
    public void A_killed_agent_leaves_its_roles_to_the_leash_until_the_deadline_and_then_to_others() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];

        owner.KillAgent();
        await simulation.Delay(TimeSpan.FromMilliseconds(300));
        Assert.NotEmpty(owner.Leash.Running);
        await simulation.Until(() => cluster.RunsOn("r1") is { } now && now != owner.Name.Value, Takeover, "another node runs it");
    }, "r1");

    [Fact]
    public void A_restarted_agent_adopts_what_runs_without_disturbing_it() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        var (process, epoch) = (owner.Leash.Running.Single().ProcessId, cluster.PlacementOf("r1").Epoch);

        owner.KillAgent();
        await owner.StartAgentAsync();
        await simulation.Delay(TimeSpan.FromSeconds(5));

        Assert.Equal(process, owner.Leash.Running.Single().ProcessId);
        Assert.Equal(epoch, cluster.PlacementOf("r1").Epoch);
        Assert.True(cluster.IsServed("r1"));
    }, "r1");

    [Fact]
    public void A_planned_move_stops_the_role_and_closes_its_epoch_before_it_is_released() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        var epoch = cluster.PlacementOf("r1").Epoch;
        var target = cluster.Nodes.Keys.First(name => name != owner.Name.Value);
        var released = 0;
        owner.Store.Directed = transaction =>
        {
            if (!Releases(transaction, "r1")) return null;
            released++;
            Assert.Empty(owner.Leash.Running);
            Assert.True(owner.Leash.Closed.TryGetValue("r1", out var closed) && closed == new RoleEpoch(epoch.Generation, epoch.Number), "it was released before its epoch was closed");
            return null;
        };

        await owner.Agent!.Operations.MoveAsync(new("r1"), new NodeName(target), CancellationToken.None);
        await simulation.Until(() => cluster.RunsOn("r1") == target, TimeSpan.FromSeconds(1), "it runs at its target");

        Assert.Equal(1, released);
    }, "r1");

    [Fact]
    public void Only_who_is_given_a_role_by_its_owner_at_that_moment_has_it_handed_over() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        Assert.False(cluster.PlacementOf("r1").HandedOver);
        var owner = cluster[cluster.RunsOn("r1")!];

        await owner.Agent!.Operations.MoveAsync(new("r1"), null, CancellationToken.None);
        await simulation.Until(() => cluster.RunsOn("r1") is { } now && now != owner.Name.Value, TimeSpan.FromSeconds(1), "it has moved");
        Assert.True(cluster.PlacementOf("r1").HandedOver);

        cluster[cluster.RunsOn("r1")!].PowerOff();
        await cluster.UntilServed("r1", Takeover);
        Assert.False(cluster.PlacementOf("r1").HandedOver);
    }, "r1");

    [Fact]
    public void A_release_whose_answer_is_lost_is_not_taken_back_by_a_restarted_agent() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        owner.Store.Directed = transaction => Releases(transaction, "r1") ? CommitFault.LateRequest : null;

        await owner.Agent!.Operations.MoveAsync(new("r1"), null, CancellationToken.None);
        await simulation.Until(() => owner.Leash.Closed.ContainsKey("r1"), TimeSpan.FromSeconds(1), "the epoch is closed");
        owner.KillAgent();
        await owner.StartAgentAsync();
        await simulation.Until(() => cluster.RunsOn("r1") is { } now && now != owner.Name.Value, TimeSpan.FromSeconds(5), "it runs elsewhere");
    }, "r1");

    [Fact]
    public void A_role_being_released_is_not_started_again_by_a_restarted_agent() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        var process = owner.Leash.Running.Single().ProcessId;
        owner.Leash.StopTime = TimeSpan.FromMilliseconds(100);
        owner.Store.Directed = transaction => Releases(transaction, "r1") ? CommitFault.LostRequest : null;

        await owner.Agent!.Operations.MoveAsync(new("r1"), null, CancellationToken.None);
        await simulation.Until(() => owner.Leash.Running.SingleOrDefault()?.Phase == Holdfast.Leash.Core.UnitPhase.Ending, TimeSpan.FromSeconds(1), "it is being stopped");
        owner.KillAgent();
        await simulation.Delay(TimeSpan.FromMilliseconds(150));
        await owner.StartAgentAsync();
        while (cluster.RunsOn("r1") is not { } now || now == owner.Name.Value)
        {
            Assert.All(owner.Leash.Running, unit => Assert.Equal(process, unit.ProcessId));
            await simulation.Delay(TimeSpan.FromMilliseconds(0.2));
        }
    }, "r1");

    [Fact]
    public void The_turn_of_a_planner_that_gives_way_comes_also_in_a_cluster_that_is_never_quiet() => Play(async (simulation, cluster) =>
    {
        cluster["a"].Store.Directed = transaction => transaction.Writes.Any(write => write.Key == RegistryKeys.Planner) ? CommitFault.LostRequest : null;
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("r1") with { PossibleOwners = [new("a")] });

        for (var change = 0; change < 200 && cluster.RunsOn("r1") is null; change++)
        {
            await cluster.WriteAsync(RegistryKeys.Tokens + "busy", new TokenRecord([], DateTimeOffset.UnixEpoch.AddSeconds(change)), RegistryJson.Default.TokenRecord);
            await simulation.Delay(TimeSpan.FromMilliseconds(5));
        }

        Assert.Equal("a", cluster.RunsOn("r1"));
    });

    [Fact]
    public void A_failed_process_is_started_again_on_the_same_node_and_at_the_same_epoch() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster.RunsOn("r1")!;
        var (process, epoch) = (cluster[owner].Leash.Running.Single().ProcessId, cluster.PlacementOf("r1").Epoch);

        cluster[owner].Leash.Crash("r1/main", 1);
        await simulation.Until(() => cluster.RunsOn("r1") == owner, TimeSpan.FromMilliseconds(100), "it runs again");

        Assert.NotEqual(process, cluster[owner].Leash.Running.Single().ProcessId);
        Assert.Equal(epoch, cluster.PlacementOf("r1").Epoch);
    }, "r1");

    [Fact]
    public void Changed_probes_and_time_limits_take_effect_on_what_runs_without_disturbing_it() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster.RunsOn("r1")!;
        var process = cluster[owner].Leash.Running.Single().ProcessId;
        var role = SimulatedCluster.RoleOf("r1");
        var probe = new ProbeSpec { Kind = ProbeKind.Command, Command = ["/usr/bin/ask"], Interval = TimeSpan.FromMilliseconds(50), Threshold = 1 };

        await cluster.DeclareAsync(role with { Resources = [role.Resources[0] with { Probes = [probe], StopTimeout = TimeSpan.FromMilliseconds(20) }] });
        await simulation.Delay(TimeSpan.FromMilliseconds(500));
        Assert.Equal(process, cluster[owner].Leash.Running.Single().ProcessId);

        (cluster[owner].Leash.RunExitCode, cluster[owner].Leash.StopTime) = (1, TimeSpan.FromHours(1));
        await simulation.Until(() => cluster[owner].Leash.Running.All(unit => unit.ProcessId != process), TimeSpan.FromMilliseconds(500), "the probe fails, and the stop takes no longer than it may now");
    }, "r1");

    [Fact]
    public void A_role_that_was_given_up_moves_to_another_node() => Play(async (simulation, cluster) =>
    {
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("r1") with { Restarts = new Budget(0, TimeSpan.FromMinutes(1)) });
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        await simulation.Delay(TimeSpan.FromMilliseconds(200));
        var owner = cluster.RunsOn("r1")!;

        cluster[owner].Leash.Crash("r1/main", 1);
        await simulation.Until(() => cluster.RunsOn("r1") is { } now && now != owner, TimeSpan.FromSeconds(1), "it runs elsewhere");

        Assert.Equal(ChangeKind.ResourceFailure, cluster.PlacementOf("r1").Kind);
        Assert.False(cluster.PlacementOf("r1").HandedOver, "who failed may never have had what the next one takes");
    }, "r1");

    [Fact]
    public void What_an_agent_before_left_running_is_ended_without_costing_the_lease_however_long_that_takes() => Play(async (simulation, cluster) =>
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        var owner = cluster[cluster.RunsOn("r1")!];
        owner.Leash.StopTime = TimeSpan.FromSeconds(5);
        owner.KillAgent();
        var placement = cluster.PlacementOf("r1");
        await cluster.WriteAsync(RegistryKeys.Placement(new("r1")), placement with { Epoch = placement.Epoch.Next(1) }, RegistryJson.Default.Placement);

        await owner.StartAgentAsync();
        await simulation.Delay(TimeSpan.FromSeconds(2));
        Assert.Equal(1, owner.Leash.Incarnation);
        Assert.True(owner.Agent!.Keeper.Holds);
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(5));

        Assert.Equal(1, owner.Leash.Incarnation);
        Assert.Equal(owner.Name.Value, cluster.RunsOn("r1"));
        Assert.DoesNotContain(owner.Journal.Last(2000), item => item.Kind == "resource.failed");
    }, "r1");

    [Fact]
    public void A_node_without_a_lease_does_not_even_try_what_a_placement_gives_it() => Play(async (simulation, cluster) =>
    {
        var node = cluster["a"];
        await cluster.WriteAsync(RegistryKeys.Node(node.Name), cluster.View().Nodes[node.Name].Value with { Intent = Holdfast.Cluster.Nodes.NodeIntent.Evicted }, RegistryJson.Default.NodeRecord);
        await node.Agent!.Keeper.AbandonAsync("for the test", CancellationToken.None);
        await simulation.Until(() => node.Agent.Keeper.Standing is { Incarnation: 0 } standing && standing.Reason.Contains("evicted"), TimeSpan.FromSeconds(1), "it has no lease");
        await cluster.WriteAsync(RegistryKeys.Role(new("r1")), SimulatedCluster.RoleOf("r1"), RegistryJson.Default.RoleSpec);
        await cluster.WriteAsync(RegistryKeys.Placement(new("r1")), Placement.Unplaced(new("r1")) with { Owner = node.Name, Phase = PlacementPhase.Assigned, Epoch = new Epoch(1, 1) }, RegistryJson.Default.Placement);

        await simulation.Delay(TimeSpan.FromMilliseconds(500));

        Assert.DoesNotContain(node.Journal.Last(2000), item => item.Kind.StartsWith("role.", StringComparison.Ordinal) || item.Kind.StartsWith("resource.", StringComparison.Ordinal));
    });

    [Fact]
    public void A_node_that_is_taken_out_leaves_no_stopped_scheduler_to_one_of_its_name() => Play(async (simulation, cluster) =>
    {
        await cluster.WriteAsync(RegistryKeys.Scheduler(new("c")), new SchedulerStop(new("c"), DateTimeOffset.UnixEpoch, "new disks"), RegistryJson.Default.SchedulerStop);
        await simulation.Until(() => cluster["a"].Agent!.Feed.Current!.View.StoppedSchedulers.ContainsKey(new("c")), TimeSpan.FromSeconds(1), "the others know that it is stopped");

        await cluster["a"].Agent!.Operations.CondemnAsync(new("c"), (_, _) => Task.FromResult<(StoreCondition[], StoreWrite[])>(([], [])), CancellationToken.None);

        await simulation.Until(() => !cluster["b"].Agent!.Feed.Current!.View.StoppedSchedulers.ContainsKey(new("c")), TimeSpan.FromSeconds(1), "nothing is left of it");
    });

    /// <summary>Whether a commit ends the owner's release of a role: nobody has it then, or the next owner at the next epoch.</summary>
    private static bool Releases(StoreTransaction transaction, string role) =>
        transaction.Writes.FirstOrDefault(write => write.Key == $"placements/{role}").Value is { } value
        && RegistryJson.Decode(value, RegistryJson.Default.Placement) is { Phase: PlacementPhase.Released or PlacementPhase.Assigned };

    private static void Play(Func<SimulationRun, SimulatedCluster, Task> scenario, params string[] roles)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            SimulationRun.Play(seed, async simulation =>
            {
                var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b", "c"], roles);
                await scenario(simulation, cluster);
            });
        }
    }
}
