using Holdfast.Cluster.Leases;
using Holdfast.Simulation.Engine;

namespace Holdfast.Simulation.Machines;

/// <summary>The two boot-scoped clocks of one machine: since its own start, each at its own rate.</summary>
internal sealed class SimulatedClock(SimulatedTime time, double bootRate, double rawRate) : INodeClock
{
    private static readonly TimeSpan AtStart = TimeSpan.FromSeconds(100);
    private readonly TimeSpan _started = time.Now;
    private TimeSpan _suspended, _stopped;

    /// <inheritdoc/>
    public ClockReading Now
    {
        get
        {
            var passed = time.Now - _started - _stopped;
            return new(AtStart + (passed * bootRate), AtStart + ((passed - _suspended) * rawRate));
        }
    }

    /// <summary>The machine slept so long: one clock went on, the other did not.</summary>
    public void Sleep(TimeSpan duration) => _suspended += duration;

    /// <summary>The machine was stopped from outside so long, and has no way to know.</summary>
    public void Stop(TimeSpan duration) => _stopped += duration;

    /// <summary>How long, in true time, until one of the clocks reaches a deadline.</summary>
    public TimeSpan Until(ClockReading deadline)
    {
        var now = Now;
        var (boot, raw) = ((deadline.Boot - now.Boot) / bootRate, (deadline.Raw - now.Raw) / rawRate);
        var first = (boot < raw ? boot : raw) + TimeSpan.FromTicks(1);
        return first > TimeSpan.Zero ? first : TimeSpan.Zero;
    }
}
