namespace Holdfast.Lab.Hosts;

/// <summary>
/// A wall clock for each host, by libfaketime, which comes between a program and the C library's clock. The kernel has one wall clock for
/// all namespaces, so who asks the kernel itself (a program in Go, like etcd) sees the machine's.
/// </summary>
public static class WallClock
{
    /// <summary>Holds a host's offset. Who finds none sees the machine's clock.</summary>
    internal const string File = "/run/lab/clock";

    /// <summary>Gets the library; Debian's package <c>faketime</c> has it.</summary>
    public const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    /// <summary>Gets what a process must have in its environment to see its host's clock, by name.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library,
        ["FAKETIME_TIMESTAMP_FILE"] = File,
        ["FAKETIME_CACHE_DURATION"] = "1", // Seconds: a new offset is seen that soon.
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1", // What measures durations is not what jumps: leases rest on it.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0", // Its remedy for an old C library makes the waits of this one return at once.
    };
}
