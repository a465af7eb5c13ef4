using Holdfast.Agent.Events;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Simulation.Machines;

/// <summary>A machine: its clocks, its leash, its way to the store, and the agent that runs on it now.</summary>
internal sealed class SimulatedNode : IDisposable
{
    private readonly SimulationRun _simulation;
    private readonly IClusterStore _store;
    private readonly Action<SimulatedNode, SimulatedUnit> _happened;
    private long _minted;
    private int _boots;

    public SimulatedNode(SimulationRun simulation, NodeName name, IClusterStore store, Action<SimulatedNode, SimulatedUnit> happened)
    {
        (_simulation, Name, _store, _happened) = (simulation, name, store, happened);
        Clock = NewClock();
        // Its events are kept in memory; the file, which cannot be written, is beside the point and beside the simulation.
        Journal = SimulationRun.Outside(() => Task.FromResult(
            new EventJournal("/nowhere/events.log", Clock, simulation.Time, NullLogger<EventJournal>.Instance) { Node = name.Value }));
        Store = new FaultyStore(store, simulation);
        Leash = NewLeash();
    }

    public NodeName Name { get; }

    public TimingProfile Profile { get; set; } = TimingProfile.Lan;

    public SimulatedClock Clock { get; private set; }

    public SimulatedLeash Leash { get; private set; }

    public FaultyStore Store { get; private set; }

    public EventJournal Journal { get; }

    /// <summary>Gets the agent; null while none runs.</summary>
    public SimulatedAgent? Agent { get; private set; }

    /// <summary>Starts an agent.</summary>
    public Task StartAgentAsync(bool withRunner = true, bool withPlanner = true)
    {
        Agent = new SimulatedAgent(_simulation, Name, Store, Leash.Connect(), Clock, Profile, Journal);
        return Agent.StartAsync(withRunner, withPlanner);
    }

    /// <summary>Kills the agent; the leash and what runs under it go on until the deadline.</summary>
    public void KillAgent()
    {
        Agent?.Kill();
        Agent = null;
        var cut = Store.IsCut;
        Store.Cut(); // What it had sent may still arrive; it hears no answer.
        Store = new FaultyStore(_store, _simulation) { Faults = Store.Faults };
        if (cut) Store.Cut();
    }

    public void PowerOff()
    {
        _simulation.Note($"{Name} loses its power");
        _minted = Math.Max(_minted, Leash.Incarnation);
        Leash.PowerOff();
        KillAgent();
    }

    /// <summary>Boots the machine: another boot id, other clocks; only what was on disk is known.</summary>
    public Task BootAsync()
    {
        Clock = NewClock();
        Leash = NewLeash();
        return StartAgentAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => SimulationRun.Outside(async () =>
    {
        await Journal.DisposeAsync();
        return true;
    });

    private SimulatedLeash NewLeash() => new(
        _simulation, Clock, _minted, $"{Name}/{++_boots}", TimeSpan.FromMilliseconds(TimingProfile.Lan.KillTime.TotalMilliseconds * 0.9), unit => _happened(this, unit));

    private SimulatedClock NewClock()
    {
        var error = TimingProfile.Lan.ClockRateError;
        return new SimulatedClock(_simulation.Time, 1 + ((_simulation.Random.Next(3) - 1) * error), 1 + ((_simulation.Random.Next(3) - 1) * error));
    }
}
