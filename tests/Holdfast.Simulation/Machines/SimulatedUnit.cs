using Holdfast.Leash.Core;
using Holdfast.Leash.Protocol;

namespace Holdfast.Simulation.Machines;

/// <summary>Something that a simulated leash holds: it runs from when the leash confirmed it until it is gone.</summary>
internal sealed class SimulatedUnit(string unit, UnitKind kind, Warrant warrant, string tag, int processId) : UnitEntry(unit, kind, warrant, tag)
{
    public int ProcessId { get; } = processId;

    /// <summary>Gets what was asked for, of a process.</summary>
    public StartRequest? Request { get; init; }

    /// <summary>Gets or sets whether its effect is there.</summary>
    public bool Runs { get; set; }
}
