using Holdfast.Simulation.Mistakes;
using Holdfast.Simulation.Stores;

namespace Holdfast.Simulation.Machines;

/// <summary>What every machine shares.</summary>
/// <param name="Store">The store itself.</param>
/// <param name="Health">How the store is.</param>
/// <param name="Mistake">The rule that no machine keeps.</param>
/// <param name="Happened">Told of every effect that takes hold or is gone.</param>
internal sealed record SimulatedWorld(SimulatedStore Store, StoreHealth Health, Mistake Mistake, Action<SimulatedNode, SimulatedUnit> Happened)
{
    /// <summary>Gets or sets the real folder in which the jobs of every machine keep their files; null when nobody runs jobs.</summary>
    public string? JobFolder { get; set; }

    /// <summary>Gets or sets whether jobs go on after the lease of their node, as if no leash ended them: then the ledger alone is between them and the next owner.</summary>
    public bool JobsOutliveLeases { get; set; }

    /// <summary>Gets or sets by how much a wall clock is off, drawn anew for each agent.</summary>
    public Func<TimeSpan> WallClockError { get; set; } = () => TimeSpan.Zero;

    /// <summary>Gets or sets how many incarnations were ended by a leash.</summary>
    public int Expiries { get; set; }
}
