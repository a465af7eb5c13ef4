using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Simulation.Clusters;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Mistakes;

/// <summary>
/// Faults aimed at one rule each, for mistakes that a storm hardly meets. Played without the mistake nothing breaks; played with
/// it, an invariant must.
/// </summary>
internal static class DirectedFaults
{
    private static readonly TimingProfile Profile = TimingProfile.Lan;
    private static readonly TimeSpan Takeover = (Profile.LeaseDuration + Profile.Margin) * 2;
    private static readonly NodeName A = new("a"), B = new("b"), C = new("c");
    private static readonly RoleName Role = new("r1");

    private static readonly Dictionary<Mistake, Func<SimulationRun, SimulatedCluster, Task>> Scenarios = new()
    {
        [Mistake.NoCap] = ShorterLeaseAsync,
        [Mistake.RenewWithoutProgress] = RunnerHangsAsync,
        [Mistake.MintBeforeClean] = SlowSweepAsync,
        [Mistake.NoPlacementCondition] = LateReleaseAsync,
        [Mistake.EpochLeftOpen] = StaleReadAfterReleaseAsync,
        [Mistake.SweepWithoutLatch] = ExpiryWhileStartingAsync,
        [Mistake.NoSweepAtStart] = LeashDiesAsync,
        [Mistake.SuspendUnnoticed] = SuspendAsync,
        [Mistake.WentBackIgnored] = StoreGoesBackAsync,
        [Mistake.NaiveRestore] = RestoreAsync,
        [Mistake.LostCommits] = FailoverToAnOldCopyAsync,
    };

    /// <summary>Gets the mistakes that have a scenario here.</summary>
    public static IReadOnlyCollection<Mistake> All => Scenarios.Keys;

    /// <summary>Plays the scenario of a mistake, with it or without.</summary>
    /// <exception cref="SimulationException">An invariant broke.</exception>
    public static void Play(Mistake mistake, long seed, bool made) => SimulationRun.Play(seed, async simulation =>
    {
        var cluster = new SimulatedCluster(simulation, made ? mistake : Mistake.None, new Dictionary<string, TimingProfile> { ["a"] = Profile, ["b"] = Profile, ["c"] = Profile });
        await cluster.StartAsync([SimulatedCluster.RoleOf(Role.Value) with { PreferredOwners = [A] }]);
        await simulation.Until(() => cluster.RunsOn("r1") == "a", TimeSpan.FromSeconds(2), "a has the role");
        await Scenarios[mistake](simulation, cluster);
    });

    /// <summary>A clock that is further off than the profile assumes: then two owners are possible, and are seen.</summary>
    public static void PlayClockOutsideItsBound(long seed, double timesTheBound) => SimulationRun.Play(seed, async simulation =>
    {
        var cluster = new SimulatedCluster(simulation, "a", "b", "c");
        foreach (var node in cluster.Nodes.Values) node.ClockError = timesTheBound;
        await cluster.FoundAsync();
        foreach (var node in cluster.Nodes.Values) await node.BootAsync();
        await cluster.DeclareAsync(SimulatedCluster.RoleOf("r1"));
        for (var round = 0; round < 10; round++)
        {
            await simulation.Until(() => cluster.RunsOn("r1") is not null, TimeSpan.FromSeconds(10), "somebody has the role");
            var owner = cluster[cluster.RunsOn("r1")!];
            owner.Store.Cut();
            await simulation.Delay(Takeover);
            owner.Store.Heal();
        }
    });

    /// <summary>A virtual machine that was stopped from outside does not know it (leases rule 16): on its return two owners are seen.</summary>
    public static void PlayStoppedMachine(long seed) => SimulationRun.Play(seed, async simulation =>
    {
        var cluster = await SimulatedCluster.StartAsync(simulation, ["a", "b", "c"], "r1");
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(2));
        await StandStillAsync(simulation, cluster[cluster.RunsOn("r1")!], Takeover * 2, static (clock, time) => clock.Stop(time));
    });

    private static async Task StandStillAsync(SimulationRun simulation, SimulatedNode node, TimeSpan time, Action<SimulatedClock, TimeSpan> tell)
    {
        node.Freeze();
        await simulation.Delay(time);
        tell(node.Clock, time);
        node.Thaw();
        await simulation.Delay(Takeover);
    }

    private static async Task ShorterLeaseAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        // An agent with a long lease, then one with a short, then silence: the others wait for the short one only.
        var node = cluster["a"];
        foreach (var profile in (TimingProfile[])[Profile with { LeaseDuration = Profile.LeaseDuration * 5 }, Profile])
        {
            node.Profile = profile;
            node.KillAgent();
            await node.StartAgentAsync();
            await simulation.Until(() => cluster.View().Leases[A].Value.Duration == profile.LeaseDuration, Profile.LeaseDuration, "it renews by its new profile");
            await simulation.Delay(profile.RenewInterval);
        }

        node.Store.Cut();
        await simulation.Delay(Takeover);
    }

    private static async Task RunnerHangsAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var node = cluster["a"];
        node.Store.Directed = static transaction => transaction.Writes.Any(write => write.Key == RegistryKeys.Status(Role)) ? CommitFault.Never : null;
        node.Leash.Crash("r1/main", 1); // It has something to report, and the report never ends.
        await simulation.Delay(Profile.LeaseDuration);
        await cluster["b"].Agent!.Operations.MoveAsync(Role, B, CancellationToken.None);
        await simulation.Until(() => cluster.RunsOn("r1") is { } owner && owner != "a", Profile.LeaseDuration * 10, "a node that renews and does nothing loses its roles");
    }

    private static async Task SlowSweepAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        // The incarnation is ended from outside, and its processes take as long to end as they may.
        for (var round = 0; round < 5; round++)
        {
            await cluster["a"].Agent!.Operations.MoveAsync(Role, C, CancellationToken.None);
            await simulation.Until(() => cluster.RunsOn("r1") == "c", TimeSpan.FromSeconds(10), "c has the role");
            await cluster["c"].Agent!.Keeper.AbandonAsync("for a directed fault", CancellationToken.None);
            await simulation.Delay(Takeover);
        }
    }

    private static async Task LateReleaseAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        // The release of a role that is stopped arrives when another node has it already.
        var node = cluster["a"];
        node.Store.Directed = static transaction => transaction.Writes.FirstOrDefault(write => write.Key == RegistryKeys.Placement(Role)).Value is { } value
            && RegistryJson.Decode(value, RegistryJson.Default.Placement).Phase == PlacementPhase.Released ? CommitFault.LateRequest : null;
        await node.Agent!.Operations.StopAsync(Role, CancellationToken.None);
        await simulation.Until(() => node.Leash.Closed.ContainsKey("r1"), TimeSpan.FromSeconds(1), "its epoch is closed");
        await simulation.Delay(TimeSpan.FromMilliseconds(10));
        node.PowerOff();
        await cluster["b"].Agent!.Operations.StartAsync(Role, CancellationToken.None);
        await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover * 2, "another node has the role");
        await simulation.Delay(Takeover * 2);
    }

    private static async Task StaleReadAfterReleaseAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var node = cluster["a"];
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(1));
        var assigned = cluster.Store.State.View("store 1", "");
        await node.Agent!.Operations.MoveAsync(Role, B, CancellationToken.None);
        await simulation.Until(() => cluster.RunsOn("r1") == "b", TimeSpan.FromSeconds(2), "b has the role");
        // The agent that released it dies; the next one is told first how things were before.
        node.KillAgent();
        node.Store.Stale = assigned;
        node.Store.StallWatches();
        await node.StartAgentAsync();
        await simulation.Delay(Profile.LeaseDuration / 2);
        node.Store.Stale = null;
        node.Store.ResumeWatches();
        await simulation.Delay(Takeover);
    }

    private static async Task ExpiryWhileStartingAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var node = cluster["a"];
        node.Leash.MakeTime = Profile.LeaseDuration * 3;
        for (var round = 0; round < 5; round++)
        {
            node.Leash.Crash("r1/main", 1);
            await simulation.Delay(TimeSpan.FromMilliseconds(50));
            node.Store.Cut();
            await simulation.Delay(Takeover * 2);
            node.Store.Heal();
            await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover * 5, "it runs somewhere");
            await simulation.Delay(Takeover);
            await cluster["b"].Agent!.Operations.MoveAsync(Role, A, CancellationToken.None);
            await simulation.Until(() => cluster.RunsOn("r1") == "a", Takeover * 5, "a has it again");
        }
    }

    private static async Task LeashDiesAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var node = cluster["a"];
        node.KillLeash();
        await simulation.Delay(Takeover);
        await node.StartLeashAsync();
        await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover * 2, "it runs again");
    }

    private static async Task SuspendAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var node = cluster["a"];
        node.Freeze();
        await simulation.Delay(Takeover * 2);
        node.Clock.Sleep(Takeover * 2);
        node.Leash.Actor.Resume(); // What rule 16 assumes: the guard runs before the roles do.
        node.Leash.Look();
        await simulation.Delay(Profile.KillTime);
        node.Thaw();
        await simulation.Delay(Takeover);
    }

    private static async Task StoreGoesBackAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var node = cluster["a"];
        var (incarnation, before) = (node.Leash.Incarnation, cluster.Store.State);
        await simulation.Delay(Profile.LeaseDuration);
        cluster.Store.GoBackTo(before);
        await simulation.Until(() => node.Leash.Expired || node.Leash.Incarnation != incarnation, Profile.LeaseDuration / 2, "the incarnation ends with the store that it was registered with");
    }

    private static async Task RestoreAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        var backup = cluster.Store.State;
        cluster["a"].PowerOff();
        await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover, "another has the role");
        var owner = cluster[cluster.RunsOn("r1")!];
        var third = cluster.Nodes.Values.Single(node => node != owner && node.Name != A);
        third.PowerOff();
        cluster.Health.IsDown = true;
        owner.Store.Cut(); // It cannot hear yet what happens to the store.
        await cluster.RestoreAsync(backup);
        cluster.Health.IsDown = false;
        await cluster["a"].BootAsync();
        await third.BootAsync();
        await simulation.Delay(Takeover * 2);
        owner.Store.Heal();
        await simulation.Until(() => cluster.RunsOn("r1") is not null, Takeover * 4, "it runs again");
    }

    private static async Task FailoverToAnOldCopyAsync(SimulationRun simulation, SimulatedCluster cluster)
    {
        await cluster.UntilServed("r1", TimeSpan.FromSeconds(1));
        var copy = cluster.Store.State;
        await cluster["a"].Agent!.Operations.MoveAsync(Role, B, CancellationToken.None);
        await simulation.Until(() => cluster.RunsOn("r1") == "b", TimeSpan.FromSeconds(2), "b has the role");
        if (cluster.LosesCommits) cluster.Store.LoseAfter(copy);
        await simulation.Delay(Takeover * 2);
    }
}
