using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;

namespace Holdfast.Simulation.Machines;

/// <summary>One boot of a machine: what really runs there, whatever any process on it believes.</summary>
internal sealed class SimulatedKernel(SimulationRun simulation, string bootId, SimulatedClock clock, Action<SimulatedUnit> happened)
{
    private readonly List<SimulatedUnit> _running = [];
    private int _processIds = 1000;

    public string BootId => bootId;

    public SimulatedClock Clock => clock;

    /// <summary>Gets whether the machine has lost its power.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Gets whether the machine stands still as a whole: suspended, or a virtual machine that was stopped.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Gets the effects that are there.</summary>
    public IReadOnlyList<SimulatedUnit> Running => _running;

    /// <summary>Gets the closed epochs of the leash's run folder, which is forgotten with the boot.</summary>
    public Dictionary<string, RoleEpoch> Closed { get; } = [];

    public int NewProcessId() => ++_processIds;

    /// <summary>An effect takes hold.</summary>
    public void Run(SimulatedUnit unit)
    {
        if (IsDead || unit.Runs) return;
        unit.Runs = true;
        _running.Add(unit);
        simulation.Note($"{bootId} runs {unit.Unit} at epoch {unit.Warrant.Epoch}");
        happened(unit);
    }

    /// <summary>An effect is gone.</summary>
    public void End(SimulatedUnit unit)
    {
        if (unit.Gone) return;
        (unit.Gone, unit.Runs) = (true, false);
        if (!_running.Remove(unit)) return;
        simulation.Note($"{bootId} has ended {unit.Unit} of epoch {unit.Warrant.Epoch}");
        happened(unit);
    }

    /// <summary>Raised when the power is gone.</summary>
    public event Action? PoweredOff;

    public void PowerOff()
    {
        if (IsDead) return;
        IsDead = true;
        PoweredOff?.Invoke();
        foreach (var unit in _running.ToArray()) End(unit);
    }

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        IsFrozen = false;
        foreach (var unit in _running.ToArray()) happened(unit);
    }
}
