using Holdfast.Agent.Events;
using Holdfast.Agent.Leases;
using Holdfast.Agent.Operations;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Planning;
using Holdfast.Agent.Probes;
using Holdfast.Agent.Roles;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Simulation.Machines;

/// <summary>One run of the agent on a simulated machine: the real parts, wired as <c>NodeRuntime</c> does.</summary>
internal sealed class SimulatedAgent
{
    private readonly SimulationRun _simulation;
    private readonly ILeash _leash;
    private readonly ProbeRunner _probes;
    private readonly CancellationTokenSource _ending = new();

    public SimulatedAgent(SimulationRun simulation, NodeName node, IClusterStore store, ILeash leash, INodeClock clock, TimingProfile profile, EventJournal journal)
    {
        (_simulation, _leash, _probes, Node) = (simulation, leash, new ProbeRunner(simulation.Time), node);
        Registry = new ClusterRegistry(store);
        Feed = new ClusterFeed(store, clock, simulation.Time);
        Progress = new ProgressMonitor(clock);
        Keeper = new LeaseKeeper(node, Registry, Feed, leash, profile, clock, simulation.Time, Progress, journal, NullLogger<LeaseKeeper>.Instance);
        Planner = new PlannerLoop(node, Registry, Feed, Keeper, clock, simulation.Time, Progress, journal, NullLogger<PlannerLoop>.Instance);
        var context = new RoleRunContext(node, leash, LonelyPeers.Instance, _probes, "/var/log/holdfast", clock, simulation.Time, journal, NullLogger.Instance);
        Runner = new RoleRunner(Registry, Feed, Keeper, Planner, context, Progress, NullLogger<RoleRunner>.Instance);
        Operations = new ClusterOperations(node, Registry, Feed, Planner, journal, simulation.Time);
    }

    public NodeName Node { get; }

    public ClusterRegistry Registry { get; }

    public ClusterFeed Feed { get; }

    public ProgressMonitor Progress { get; }

    public LeaseKeeper Keeper { get; }

    public PlannerLoop Planner { get; }

    public RoleRunner Runner { get; }

    public ClusterOperations Operations { get; }

    /// <summary>Starts its loops; one that ends by an error ends the simulation.</summary>
    public async Task StartAsync(bool withRunner = true, bool withPlanner = true)
    {
        Runner.Adopt((await _leash.GetStateAsync(_ending.Token)).Units);
        Feed.StoreWentBack += reason => _ = Keeper.AbandonAsync(reason, CancellationToken.None);
        Watch(Feed.RunAsync(_ending.Token));
        Watch(Keeper.RunAsync(_ending.Token));
        Watch(DispatchAsync());
        if (withPlanner) Watch(Planner.RunAsync(_ending.Token));
        if (withRunner) Watch(Runner.RunAsync(_ending.Token));
    }

    /// <summary>Ends it as a killed process ends: nothing it had in mind is done any more.</summary>
    public void Kill()
    {
        ((SimulatedLeashConnection)_leash).IsClosed = true;
        _ending.Cancel();
        _probes.Dispose();
    }

    private async void Watch(Task loop)
    {
        try
        {
            await loop;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            _simulation.Fail(new InvalidOperationException($"A loop of node {Node} ended: {exception}"));
        }
    }

    private async Task DispatchAsync()
    {
        while (await _leash.Events.WaitToReadAsync(_ending.Token))
        {
            while (_leash.Events.TryRead(out var happened))
            {
                switch (happened)
                {
                    case LeashEvent.UnitExited exited: Runner.OnExit(exited); break;
                    case LeashEvent.Expired expired:
                        Runner.OnExpired(expired.Incarnation);
                        Keeper.OnExpired(expired.Incarnation, expired.Reason);
                        break;
                }
            }
        }
    }
}
