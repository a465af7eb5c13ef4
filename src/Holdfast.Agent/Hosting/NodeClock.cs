using System.ComponentModel;
using System.Runtime.InteropServices;
using Holdfast.Cluster.Leases;

namespace Holdfast.Agent.Hosting;

/// <summary>The kernel's boot-scoped clocks.</summary>
internal sealed partial class NodeClock : INodeClock
{
    private const int ClockMonotonicRaw = 4;
    private const int ClockBootTime = 7;

    /// <summary>Gets the one instance.</summary>
    public static NodeClock Instance { get; } = new();

    /// <inheritdoc/>
    public ClockReading Now => new(Read(ClockBootTime), Read(ClockMonotonicRaw));

    private static TimeSpan Read(int clock)
    {
        if (clock_gettime(clock, out var time) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError(), $"clock_gettime({clock})");
        return new TimeSpan((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
