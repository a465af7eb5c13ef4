using Holdfast.Agent.Leases;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Tests.Leases;

public sealed class LeaseKeeperTests
{
    private static readonly TimeSpan D = TimingProfile.Lan.LeaseDuration;

    [Fact]
    public void A_node_registers_and_its_leash_is_never_armed_past_the_duration() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        for (var i = 0; i < 3000; i++)
        {
            await simulation.Delay(TimeSpan.FromMilliseconds(1));
            Assert.True(node.Agent!.Keeper.Holds);
            Assert.True(node.Leash.Deadline.ToReading().Boot <= node.Clock.Now.Boot + D);
        }

        Assert.Equal(1, node.Leash.Incarnation);
        Assert.Equal(LeaseState.Live, LeaseOf(cluster).State);
    });

    [Fact]
    public void The_lease_counts_from_before_the_send_however_long_the_answer_takes() => Play(async (simulation, cluster, node) =>
    {
        node.Store.Faults = new StoreFaults { Latency = 120 };
        var sent = new Dictionary<string, ClockReading>();
        node.Store.Directed = transaction =>
        {
            if (Renewal(transaction) is { } renewal) sent[renewal.Nonce] = node.Clock.Now;
            return null;
        };
        await node.StartAgentAsync();
        await Holding(simulation, node);

        for (var i = 0; i < 5000; i++)
        {
            await simulation.Delay(TimeSpan.FromMilliseconds(1));
            if (node.Leash.Expired) continue;
            // Whatever the leash is armed until, an attempt that was sent that much earlier stands behind it.
            var newest = sent.Values.Max(at => at.Boot);
            Assert.True(node.Leash.Deadline.ToReading().Boot <= newest + D, "the lease was counted from its answer");
        }
    });

    [Fact]
    public void After_a_lost_answer_the_lease_counts_from_the_attempt_that_the_record_names() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        ClockReading? lost = null;
        node.Store.Directed = transaction =>
        {
            if (lost is not null || Renewal(transaction) is null) return null;
            lost = node.Clock.Now;
            return CommitFault.LostAnswer;
        };

        await simulation.Until(() => lost is not null, D, "a renewal is sent");
        var before = node.Leash.Deadline.ToReading();
        await simulation.Until(() => node.Leash.Deadline.ToReading().Boot > before.Boot, D, "the lease is renewed");

        Assert.Equal(lost!.Value.Plus(D), node.Leash.Deadline.ToReading());
        Assert.Equal(1, node.Leash.Incarnation);
    });

    [Fact]
    public void An_attempt_that_was_lost_on_the_way_extends_nothing() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        var loses = true;
        node.Store.Directed = transaction => loses && Renewal(transaction) is not null ? CommitFault.LostRequest : null;
        var (deadline, revision) = (node.Leash.Deadline, Versioned(cluster).Revision);
        await simulation.Delay(D / 2);

        Assert.Equal((deadline, revision), (node.Leash.Deadline, Versioned(cluster).Revision));
        loses = false;
        await simulation.Until(() => node.Leash.Deadline != deadline, D / 2, "it goes on");
        Assert.Equal(1, node.Leash.Incarnation);
    });

    [Fact]
    public void Lost_and_late_messages_alone_cost_no_incarnation_twice_and_never_the_order_of_incarnations() => Play(async (simulation, cluster, node) =>
    {
        node.Store.Faults = new StoreFaults { LostAnswers = 20, LostRequests = 10, LateRequests = 10, FailedReads = 10 };
        await node.StartAgentAsync();
        var last = 0L;
        for (var i = 0; i < 20000; i++)
        {
            await simulation.Delay(TimeSpan.FromMilliseconds(1));
            if (!cluster.View().Leases.TryGetValue(node.Name, out var lease)) continue;
            Assert.True(lease.Value.Incarnation >= last, "a lease went back to an older incarnation");
            last = lease.Value.Incarnation;
        }

        node.Store.Faults = StoreFaults.None;
        await simulation.Until(() => node.Agent!.Keeper.Holds, TimeSpan.FromSeconds(3), "it holds a lease again");
    });

    [Fact]
    public void A_node_that_cannot_renew_expires_at_its_deadline_and_comes_back_as_another_incarnation() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        node.Store.Cut();

        await simulation.Until(() => node.Leash.Expired, D + TimeSpan.FromMilliseconds(5), "the leash ends it");
        Assert.False(node.Agent!.Keeper.Holds);
        node.Store.Heal();
        await Holding(simulation, node);

        Assert.Equal(2, node.Leash.Incarnation);
        Assert.Equal(2, LeaseOf(cluster).Incarnation);
    });

    [Theory]
    [InlineData(LeaseState.Closing)]
    [InlineData(LeaseState.Ended)]
    public void A_lease_closed_or_ended_by_others_ends_the_incarnation_at_once(LeaseState state) => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);

        await cluster.WriteAsync(RegistryKeys.Lease(node.Name), LeaseOf(cluster) with { State = state }, RegistryJson.Default.LeaseRecord);
        await simulation.Until(() => node.Leash.Expired, TimingProfile.Lan.RenewInterval * 2, "the leash ends it long before its deadline");
        await Holding(simulation, node);

        Assert.Equal((2L, LeaseState.Live), (LeaseOf(cluster).Incarnation, LeaseOf(cluster).State));
    });

    [Fact]
    public void A_restarted_agent_goes_on_with_the_incarnation_that_its_leash_holds() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        await simulation.Delay(D);

        node.KillAgent();
        await simulation.Delay(D / 3);
        await node.StartAgentAsync();
        await Holding(simulation, node);
        await simulation.Delay(D * 5);

        Assert.True(node.Agent!.Keeper.Holds);
        Assert.Equal(1, node.Leash.Incarnation);
    });

    [Fact]
    public void A_shorter_lease_binds_a_restarted_agent_before_it_is_sent() => Play(async (simulation, cluster, node) =>
    {
        node.Profile = TimingProfile.Wan;
        await node.StartAgentAsync();
        await Holding(simulation, node);
        node.KillAgent();
        node.Profile = TimingProfile.Lan;
        ClockReading? sent = null;
        await node.StartAgentAsync();
        node.Store.Directed = transaction =>
        {
            if (Renewal(transaction) is null) return null;
            // It gets through, and the agent never hears of it: observers count the shorter duration from here.
            sent ??= node.Clock.Now;
            Assert.True(node.Leash.Deadline.ToReading().Boot <= sent.Value.Boot + D, "the leash was armed beyond what observers wait");
            node.Store.Cut();
            return CommitFault.LostAnswer;
        };

        await simulation.Until(() => sent is not null, TimeSpan.FromSeconds(1), "the shorter lease is sent");
        await simulation.Until(() => node.Leash.Expired, D + TimeSpan.FromMilliseconds(5), "the leash ends it by the shorter deadline");
    });

    [Fact]
    public void A_shorter_lease_binds_a_running_agent_before_it_is_sent() => Play(async (simulation, cluster, node) =>
    {
        node.Profile = TimingProfile.Wan;
        await node.StartAgentAsync();
        await Holding(simulation, node);
        node.Agent!.Keeper.Profile = TimingProfile.Lan;
        ClockReading? sent = null;
        node.Store.Directed = transaction =>
        {
            if (Renewal(transaction) is not { } renewal || renewal.Duration != D) return null;
            sent ??= node.Clock.Now;
            Assert.True(node.Leash.Deadline.ToReading().Boot <= sent.Value.Boot + D, "the leash was armed beyond what observers wait");
            node.Store.Cut();
            return CommitFault.LostAnswer;
        };

        await simulation.Until(() => sent is not null, TimeSpan.FromSeconds(3), "the shorter lease is sent");
        await simulation.Until(() => node.Leash.Expired, D + TimeSpan.FromMilliseconds(5), "the leash ends it by the shorter deadline");
    });

    [Fact]
    public void The_time_to_kill_is_that_of_the_shortest_lease_that_somebody_may_count() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        node.Agent!.Keeper.Profile = TimingProfile.Wan;
        Assert.Equal(TimingProfile.Lan.KillTime, node.Agent.Keeper.KillTime); // What others have seen is the shorter lease.

        await simulation.Until(() => LeaseOf(cluster).Duration == TimingProfile.Wan.LeaseDuration && node.Agent.Keeper.KillTime == TimingProfile.Wan.KillTime, TimeSpan.FromSeconds(1), "the longer lease is acknowledged");
        var sent = false;
        node.Store.Directed = transaction =>
        {
            if (Renewal(transaction) is not { } renewal || renewal.Duration != D) return null;
            sent = true;
            Assert.Equal(TimingProfile.Lan.KillTime, node.Agent.Keeper.KillTime); // From before it is sent.
            return null;
        };
        node.Agent.Keeper.Profile = TimingProfile.Lan;
        await simulation.Until(() => sent, TimeSpan.FromSeconds(3), "the shorter lease is sent");
    });

    [Fact]
    public void After_a_reboot_the_old_lease_is_waited_out_like_a_stranger_s() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        var old = LeaseOf(cluster);
        node.PowerOff();

        var booted = simulation.Time.Now;
        await node.BootAsync();
        await Holding(simulation, node);

        Assert.True(simulation.Time.Now - booted >= (old.Duration + old.Margin) * 0.99, $"it waited only {simulation.Time.Now - booted}");
        Assert.Equal(2, LeaseOf(cluster).Incarnation);
        Assert.NotEqual(old.BootId, LeaseOf(cluster).BootId);
    });

    [Fact]
    public void A_clone_that_wakes_up_beside_its_original_waits_for_as_long_as_that_renews() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        var clone = cluster.Clone("a");
        await clone.BootAsync();

        await simulation.Delay(D * 10);

        Assert.Equal(0, clone.Leash.Incarnation);
        Assert.True(node.Agent!.Keeper.Holds);
    });

    [Fact]
    public void A_clone_that_mints_the_same_number_at_the_same_moment_never_holds_the_lease_as_well() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);
        var clone = cluster.Clone("a");
        await clone.BootAsync();

        // Both see that the incarnation was ended, and mint the next one.
        await cluster.WriteAsync(RegistryKeys.Lease(node.Name), LeaseOf(cluster) with { State = LeaseState.Closing }, RegistryJson.Default.LeaseRecord);
        for (var look = 0; look < 2000; look++)
        {
            await simulation.Delay(TimeSpan.FromMilliseconds(1));
            Assert.False(node.Agent!.Keeper.Holds && clone.Agent!.Keeper.Holds, "both machines hold the lease of one node");
        }

        Assert.True(node.Agent!.Keeper.Holds || clone.Agent!.Keeper.Holds);
    });

    [Fact]
    public void A_node_whose_role_runner_stands_still_stops_renewing() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync(withRunner: false);
        node.Agent!.Progress.Beat("role runner");
        await Holding(simulation, node);
        var first = node.Leash.Incarnation;

        await simulation.Until(() => node.Leash.Expired, D * 8, "the lease runs out");

        Assert.Equal(1, first);
    });

    [Fact]
    public void A_watch_that_fell_silent_is_replaced_before_it_costs_the_lease() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);

        node.Store.StallWatches();
        await simulation.Delay(D * 10);

        Assert.True(node.Agent!.Keeper.Holds);
        Assert.Equal(1, node.Leash.Incarnation);
    });

    [Fact]
    public void A_node_that_renews_but_can_see_nothing_any_more_stops_renewing() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);

        node.Store.StallWatches();
        node.Store.Faults = new StoreFaults { FailedReads = 100 };

        await simulation.Until(() => node.Leash.Expired, D * 8, "the lease runs out");
    });

    [Fact]
    public void An_evicted_node_does_not_come_back() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);

        var record = cluster.View().Nodes[node.Name].Value;
        await cluster.WriteAsync(RegistryKeys.Node(node.Name), record with { Intent = NodeIntent.Evicted }, RegistryJson.Default.NodeRecord);
        await cluster.WriteAsync(RegistryKeys.Lease(node.Name), LeaseOf(cluster) with { State = LeaseState.Closing }, RegistryJson.Default.LeaseRecord);
        await simulation.Until(() => node.Leash.Expired, D, "it stands down");
        await simulation.Delay(TimeSpan.FromMinutes(1));

        Assert.False(node.Agent!.Keeper.Holds);
        Assert.Equal(1, node.Leash.Incarnation);
        Assert.Contains("evicted", node.Agent.Keeper.Standing.Reason);
    });

    [Fact]
    public void An_orderly_end_is_recorded_after_the_leash_has_verified_it() => Play(async (simulation, cluster, node) =>
    {
        await node.StartAgentAsync();
        await Holding(simulation, node);

        await node.Agent!.Keeper.EndCleanAsync(CancellationToken.None);
        await simulation.Delay(D * 3);

        Assert.True(LeaseOf(cluster) is { State: LeaseState.Ended, EndedClean: true, Incarnation: 1 });
        Assert.Equal(1, node.Leash.Incarnation);
    });

    private static void Play(Func<SimulationRun, SimulatedCluster, SimulatedNode, Task> scenario)
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            SimulationRun.Play(seed, async simulation =>
            {
                var cluster = new SimulatedCluster(simulation, "a");
                await cluster.FoundAsync();
                await scenario(simulation, cluster, cluster["a"]);
            });
        }
    }

    private static Task Holding(SimulationRun simulation, SimulatedNode node) => simulation.Until(() => node.Agent!.Keeper.Holds, TimeSpan.FromSeconds(10), "the node has a lease");

    private static Holdfast.Cluster.Planning.Versioned<LeaseRecord> Versioned(SimulatedCluster cluster) => cluster.View().Leases[new("a")];

    private static LeaseRecord LeaseOf(SimulatedCluster cluster) => Versioned(cluster).Value;

    private static LeaseRecord? Renewal(StoreTransaction transaction) =>
        transaction.Writes is [{ Key: "leases/a", Value: { } value }] ? RegistryJson.Decode(value, RegistryJson.Default.LeaseRecord) : null;
}
