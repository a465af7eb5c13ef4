using Holdfast.Agent.Events;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Jobs;
using Holdfast.Simulation.Mistakes;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Simulation.Machines;

/// <summary>A machine: its kernel and clocks, its disk, its leash, its way to the store, and the agent that runs on it now.</summary>
internal sealed class SimulatedNode
{
    private readonly SimulationRun _simulation;
    private readonly SimulatedWorld _world;
    private SimulatedKernel _kernel;
    private SimulatedDisk _disk = new();
    private bool _isFirstLeash = true;
    private int _boots;

    public SimulatedNode(SimulationRun simulation, NodeName name, SimulatedWorld world, TimingProfile profile, string? label = null)
    {
        (_simulation, _world, Name, Profile, Label) = (simulation, world, name, profile, label ?? name.Value);
        _kernel = NewKernel();
        Journal = new EventJournal(null, Clock, simulation.Time, NullLogger<EventJournal>.Instance) { Node = name.Value };
        Store = NewStore();
        Leash = NewLeash();
    }

    public NodeName Name { get; }

    /// <summary>Gets what tells this machine from another one of the same name.</summary>
    public string Label { get; }

    /// <summary>Gets or sets the timing of the next agent and leash.</summary>
    public TimingProfile Profile { get; set; }

    public SimulatedKernel Kernel => _kernel;

    public SimulatedClock Clock => _kernel.Clock;

    public SimulatedLeash Leash { get; private set; }

    public FaultyStore Store { get; private set; }

    public EventJournal Journal { get; }

    /// <summary>Gets the agent; null while none runs.</summary>
    public SimulatedAgent? Agent { get; private set; }

    /// <summary>Gets or sets how far a clock of the next boot may be off, as a multiple of what the profile assumes.</summary>
    public double ClockError { get; set; } = 1;

    /// <summary>Starts an agent.</summary>
    public Task StartAgentAsync(bool withRunner = true, bool withPlanner = true)
    {
        Agent = NewAgent(Leash.Connect());
        return Agent.StartAsync(withRunner, withPlanner);
    }

    /// <summary>An agent for this machine beside the one that it has.</summary>
    public SimulatedAgent NewAgent(SimulatedLeashConnection leash)
    {
        var mistake = _world.Mistake;
        IClusterStore store = mistake == Mistake.None ? Store : new MistakenStore(Store, mistake, Name, Profile, () => Leash.Incarnation);
        var surroundings = new AgentSurroundings
        {
            JobsOutliveLeases = _world.JobsOutliveLeases, JobFolder = _world.JobFolder is { } folder ? Path.Combine(folder, Label) : null, JobTime = new SkewedTime(_simulation.Time, _world.WallClockError()),
            Mistake = mistake, SweepWithoutLeash = SweepWithoutLeash, FeedClock = mistake == Mistake.CountFromDisconnect ? new ClockOfDisconnects(_simulation, Clock, Store) : null,
        };
        return new SimulatedAgent(_simulation, Name, store, leash, Clock, Profile, Journal, surroundings);
    }

    /// <summary>Kills the agent; the leash and what runs under it go on until the deadline.</summary>
    public void KillAgent()
    {
        if (Agent is null) return;
        _simulation.Note($"{Label}: the agent dies");
        Agent.Kill();
        Agent = null;
        var before = Store;
        Store = NewStore();
        Store.Faults = before.Faults;
        Store.Stale = before.Stale;
        if (before.IsCut) Store.Cut(before.CutOff);
        before.Cut(); // What it had sent may still arrive; it hears no answer.
    }

    /// <summary>Kills the leash: its processes and its agent go with it, and the service manager sweeps what has no process (leases rule 14).</summary>
    public void KillLeash()
    {
        _simulation.Note($"{Label}: the leash dies");
        Leash.Die();
        KillAgent();
        var kernel = _kernel;
        foreach (var unit in kernel.Running.ToArray())
        {
            if (_world.Mistake != Mistake.NoSweepAtStart) _ = EndLaterAsync(kernel, unit, unit.Kind == UnitKind.Process ? 5 : 100);
        }
    }

    /// <summary>Starts a leash after one that died, and an agent with it.</summary>
    public async Task StartLeashAsync()
    {
        var kernel = _kernel;
        while (kernel.Running.Count > 0 && _world.Mistake != Mistake.NoSweepAtStart) await _simulation.Delay(TimeSpan.FromMilliseconds(2)); // It sweeps before it does anything else.
        if (kernel.IsDead || kernel != _kernel || !Leash.IsDead) return;
        Leash = NewLeash();
        await StartAgentAsync();
    }

    public void PowerOff()
    {
        if (_kernel.IsDead) return;
        _simulation.Note($"{Label} loses its power");
        _kernel.PowerOff();
    }

    /// <summary>Boots the machine: another boot id, other clocks; only what was on disk is known.</summary>
    public Task BootAsync()
    {
        _kernel = NewKernel();
        Leash = NewLeash();
        return StartAgentAsync();
    }

    /// <summary>Boots the machine from a new disk: it does not know any more which incarnations it had.</summary>
    public Task ReinstallAsync()
    {
        _simulation.Note($"{Label} is installed anew");
        _disk = new SimulatedDisk();
        return BootAsync();
    }

    /// <summary>Boots the machine from an old image of its disk: it believes in an incarnation that was its last some time ago.</summary>
    /// <param name="incarnations">How many it has forgotten.</param>
    public Task PutBackAsync(int incarnations)
    {
        _simulation.Note($"{Label} is put back by {incarnations} incarnations");
        _disk = new SimulatedDisk { LastMinted = Math.Max(0, _disk.LastMinted - incarnations) };
        return BootAsync();
    }

    /// <summary>Everything on the machine stands still and its clocks go on, one of them or none.</summary>
    public void Freeze()
    {
        _simulation.Note($"{Label} stands still");
        _kernel.Freeze();
        Leash.Actor.Pause();
        Agent?.Actor.Pause();
    }

    public void Thaw()
    {
        if (_kernel.IsDead) return;
        _simulation.Note($"{Label} goes on");
        Leash.Actor.Resume();
        Agent?.Actor.Resume();
        _kernel.Thaw();
    }

    /// <summary>Ends everything of every role on this machine without the leash, as the agent does when the leash hangs.</summary>
    private void SweepWithoutLeash()
    {
        _simulation.Note($"{Label}: the agent ends the roles, because the leash does not");
        foreach (var unit in _kernel.Running.ToArray()) _ = EndLaterAsync(_kernel, unit, Profile.KillTime.TotalMilliseconds / 10);
    }

    private async Task EndLaterAsync(SimulatedKernel kernel, SimulatedUnit unit, double atMostMilliseconds)
    {
        await _simulation.Delay(_simulation.Between(0.1, atMostMilliseconds));
        while (Leash.CannotKill && !kernel.IsDead) await _simulation.Delay(TimeSpan.FromMilliseconds(10));
        kernel.End(unit);
    }

    private FaultyStore NewStore() => new(_world.Store, _simulation, _world.Health);

    private SimulatedLeash NewLeash()
    {
        // The one before is dead, and so is what it had in mind.
        if (!_isFirstLeash) Leash.Die();
        _isFirstLeash = false;
        return new SimulatedLeash(_simulation, _kernel, _disk, Profile, _world);
    }

    private SimulatedKernel NewKernel()
    {
        var error = Profile.ClockRateError * ClockError;
        var clock = new SimulatedClock(_simulation.Time, 1 + ((_simulation.Random.Next(3) - 1) * error), 1 + ((_simulation.Random.Next(3) - 1) * error));
        var kernel = new SimulatedKernel(_simulation, $"{Label}/{++_boots}", clock, unit => _world.Happened(this, unit));
        kernel.PoweredOff += () =>
        {
            Leash.Die();
            KillAgent();
        };
        return kernel;
    }

    /// <summary>The mistake of rule 2: after a connection broke, what is then read counts from when it broke.</summary>
    private sealed class ClockOfDisconnects(SimulationRun simulation, SimulatedClock clock, FaultyStore store) : INodeClock
    {
        public ClockReading Now => store.BrokenAt is { } at && store.CutOff == Direction.None
            ? new(clock.Now.Boot - (simulation.Time.Now - at), clock.Now.Raw - (simulation.Time.Now - at)) : clock.Now;
    }
}
