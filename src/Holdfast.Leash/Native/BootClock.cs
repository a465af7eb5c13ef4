using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Native;

/// <summary>Reads the machine's two boot-scoped clocks.</summary>
internal static unsafe class BootClock
{
    public static LeashInstant Now => new(Read(Libc.CLOCK_BOOTTIME), Read(Libc.CLOCK_MONOTONIC_RAW));

    /// <summary>Gets the kernel's id of this boot.</summary>
    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    private static long Read(int clock)
    {
        Libc.TimeSpec time;
        Libc.clock_gettime(clock, &time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
