namespace Holdfast.Cluster.Leases;

/// <summary>The machine's boot-scoped clocks; the seam that a simulation replaces.</summary>
public interface INodeClock
{
    /// <summary>Gets the reading of this instant.</summary>
    ClockReading Now { get; }
}
