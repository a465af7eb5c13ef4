namespace Holdfast.Lab.Linux;

/// <summary>The machine's CLOCK_BOOTTIME: the one clock on which the lab places every fact.</summary>
public static class BootClock
{
    private const int Monotonic = 1;
    private const int ThreadCpuTime = 3;
    private const int BootTime = 7;

    /// <summary>Gets this instant, as time since the machine started.</summary>
    public static TimeSpan Now => Read(BootTime);

    /// <summary>Gets how long the calling thread has been running on a processor: what it costs, also on a machine that others use.</summary>
    public static TimeSpan OfThisThread => Read(ThreadCpuTime);

    /// <summary>Converts an instant of CLOCK_MONOTONIC; they differ by the time the machine was suspended.</summary>
    internal static TimeSpan FromMonotonic(long nanoseconds) => FromNanoseconds(nanoseconds) + (Read(BootTime) - Read(Monotonic));

    internal static TimeSpan FromNanoseconds(long nanoseconds) => new(nanoseconds / TimeSpan.NanosecondsPerTick);

    private static unsafe TimeSpan Read(int clock)
    {
        Libc.TimeSpec value;
        Libc.Check(Libc.clock_gettime(clock, &value), "clock_gettime");
        return new TimeSpan((value.Seconds * TimeSpan.TicksPerSecond) + (value.Nanoseconds / TimeSpan.NanosecondsPerTick));
    }
}
