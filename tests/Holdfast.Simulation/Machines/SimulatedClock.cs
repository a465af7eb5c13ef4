using Holdfast.Cluster.Leases;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Stores;

namespace Holdfast.Simulation.Machines;

/// <summary>The two boot-scoped clocks of one machine: since its own start, each at its own rate.</summary>
internal sealed class SimulatedClock(SimulatedTime time, double bootRate, double rawRate) : INodeClock
{
    private static readonly TimeSpan AtStart = TimeSpan.FromSeconds(100);
    private readonly TimeSpan _started = time.Now;

    /// <inheritdoc/>
    public ClockReading Now => new(AtStart + ((time.Now - _started) * bootRate), AtStart + ((time.Now - _started) * rawRate));

    /// <summary>How long, in true time, until one of the clocks reaches a deadline.</summary>
    public TimeSpan Until(ClockReading deadline)
    {
        var (boot, raw) = ((deadline.Boot - Now.Boot) / bootRate, (deadline.Raw - Now.Raw) / rawRate);
        var first = (boot < raw ? boot : raw) + TimeSpan.FromTicks(1);
        return first > TimeSpan.Zero ? first : TimeSpan.Zero;
    }
}
