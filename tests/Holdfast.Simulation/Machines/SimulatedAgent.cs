using Holdfast.Agent.Events;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Leases;
using Holdfast.Agent.Operations;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Planning;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Roles;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Mistakes;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Simulation.Machines;

/// <summary>One run of the agent on a simulated machine: the real parts, wired as <c>NodeRuntime</c> does.</summary>
internal sealed class SimulatedAgent
{
    private readonly SimulationRun _simulation;
    private readonly SimulatedLeashConnection _leash;
    private readonly ProbeRunner _probes;
    private readonly Mistake _mistake;
    private readonly SecondKiller _secondKiller;
    private readonly bool _jobsOutliveLeases;

    public SimulatedAgent(SimulationRun simulation, NodeName node, IClusterStore store, SimulatedLeashConnection leash, INodeClock clock, TimingProfile profile, EventJournal journal, AgentSurroundings? surroundings = null)
    {
        surroundings ??= new();
        _jobsOutliveLeases = surroundings.JobsOutliveLeases;
        (_simulation, _leash, _probes, _mistake, Node) = (simulation, leash, new ProbeRunner(simulation.Time), surroundings.Mistake, node);
        Actor = simulation.NewActor();
        Registry = new ClusterRegistry(store);
        Feed = new ClusterFeed(store, surroundings.FeedClock ?? clock, simulation.Time);
        Progress = new ProgressMonitor(_mistake == Mistake.RenewWithoutProgress ? new FixedClock(default) : clock);
        Keeper = new LeaseKeeper(node, Registry, Feed, leash, profile, clock, simulation.Time, Progress, journal, NullLogger<LeaseKeeper>.Instance);
        var planning = _mistake == Mistake.EndAtOnce ? new ClockAhead(clock, TimeSpan.FromHours(1)) : clock;
        Planner = new PlannerLoop(node, Registry, Feed, Keeper, planning, simulation.Time, Progress, journal, NullLogger<PlannerLoop>.Instance);
        if (surroundings is { JobFolder: { } folder, JobTime: { } time })
        {
            var (ledgers, files) = (new JobRegistry(Registry), new JobFiles(folder, folder));
            Directory.CreateDirectory(Path.Combine(folder, "log"));
            Spool = new JobSpool(files.Spool, ledgers, journal, time);
            Jobs = new JobDesk(new JobDeskContext(ledgers, Feed, leash, Spool, files, Path.Combine(folder, "log"), "holdfast", journal, time));
        }

        var context = new RoleRunContext(node, leash, LonelyPeers.Instance, _probes, "/var/log/holdfast", clock, simulation.Time, journal, NullLogger.Instance, Jobs);
        Runner = new RoleRunner(Registry, Feed, Keeper, Planner, context, Progress, NullLogger<RoleRunner>.Instance);
        Operations = new ClusterOperations(node, Registry, Feed, Planner, journal, simulation.Time);
        _secondKiller = new SecondKiller(Keeper, leash, clock, simulation.Time, journal, () =>
        {
            if (_mistake != Mistake.NoSecondKiller) surroundings.SweepWithoutLeash();
        });
    }

    /// <summary>Gets the process.</summary>
    public Actor Actor { get; }

    public NodeName Node { get; }

    public ClusterRegistry Registry { get; }

    public ClusterFeed Feed { get; }

    public ProgressMonitor Progress { get; }

    public LeaseKeeper Keeper { get; }

    public PlannerLoop Planner { get; }

    public RoleRunner Runner { get; }

    public ClusterOperations Operations { get; }

    /// <summary>Gets where its jobs are run; null when the simulation has none.</summary>
    public JobDesk? Jobs { get; }

    private JobSpool? Spool { get; }

    /// <summary>Starts its loops; one that ends by an error ends the simulation.</summary>
    public Task StartAsync(bool withRunner = true, bool withPlanner = true) => Actor.AskAsync(async () =>
    {
        Runner.Adopt((await _leash.GetStateAsync(CancellationToken.None)).Units);
        if (_mistake != Mistake.WentBackIgnored) Feed.StoreWentBack += reason => _ = Keeper.AbandonAsync(reason, CancellationToken.None);
        Watch(Feed.RunAsync(CancellationToken.None));
        Watch(Keeper.RunAsync(CancellationToken.None));
        Watch(DispatchAsync());
        Watch(_secondKiller.RunAsync(CancellationToken.None));
        if (Spool is not null) Watch(Spool.RunAsync(CancellationToken.None));
        if (withPlanner) Watch(Planner.RunAsync(CancellationToken.None));
        if (withRunner) Watch(Runner.RunAsync(CancellationToken.None));
        return 0;
    });

    /// <summary>Ends it as a killed process ends: nothing it had in mind is done any more.</summary>
    public void Kill()
    {
        _leash.IsClosed = true;
        Actor.Kill();
        _probes.Dispose();
    }

    private async void Watch(Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception exception)
        {
            _simulation.Fail($"A loop of node {Node} ended: {exception}");
        }
    }

    private async Task DispatchAsync()
    {
        while (await _leash.Events.WaitToReadAsync()) // ReadAllAsync would go on outside the simulation.
        {
            while (_leash.Events.TryRead(out var happened)) await DispatchAsync(happened);
        }
    }

    private async Task DispatchAsync(LeashEvent happened)
    {
        switch (happened)
        {
            case LeashEvent.UnitExited exited:
                Runner.OnExit(exited);
                Jobs?.OnExit(exited);
                if (_mistake == Mistake.ExitIsRelease) await ReleaseAtOnceAsync(exited.Unit.Split('/')[0]);
                break;
            case LeashEvent.Expired expired:
                _secondKiller.OnExpired(expired.Incarnation);
                Runner.OnExpired(expired.Incarnation);
                if (!_jobsOutliveLeases) Jobs?.OnExpired();
                Keeper.OnExpired(expired.Incarnation, expired.Reason);
                break;
            case LeashEvent.Clean clean:
                _secondKiller.OnClean(clean.Incarnation);
                break;
        }
    }

    private async Task ReleaseAtOnceAsync(string role)
    {
        if (Feed.Current?.View.Placements.GetValueOrDefault(new RoleName(role)) is not { Value: { } placement } judged) return;
        await Registry.ReleaseAsync(placement with { Phase = PlacementPhase.Released }, judged.Revision, CancellationToken.None);
    }

    private sealed class FixedClock(ClockReading now) : INodeClock
    {
        public ClockReading Now => now;
    }

    private sealed class ClockAhead(INodeClock clock, TimeSpan by) : INodeClock
    {
        public ClockReading Now => clock.Now.Plus(by);
    }
}

/// <summary>What the machine around an agent does for it, and which rule is deliberately not kept there.</summary>
internal sealed record AgentSurroundings
{
    public Mistake Mistake { get; init; }

    /// <summary>Gets the clock by which revisions are first seen; null for the machine's own.</summary>
    public INodeClock? FeedClock { get; init; }

    /// <summary>Gets where its jobs keep their files; null when it runs none.</summary>
    public string? JobFolder { get; init; }

    /// <summary>Gets whether these go on when the lease is over.</summary>
    public bool JobsOutliveLeases { get; init; }

    /// <summary>Gets the machine's wall clock, by which jobs are due.</summary>
    public TimeProvider? JobTime { get; init; }

    /// <summary>Gets what ends every role on the machine without the leash.</summary>
    public Action SweepWithoutLeash { get; init; } = () => { };
}
