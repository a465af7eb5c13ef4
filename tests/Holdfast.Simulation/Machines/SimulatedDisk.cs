namespace Holdfast.Simulation.Machines;

/// <summary>What a machine's state folder holds over boots.</summary>
internal sealed class SimulatedDisk
{
    /// <summary>Gets or sets the last incarnation that a leash of this machine minted.</summary>
    public long LastMinted { get; set; }
}
