namespace Holdfast.Leash.Native;

/// <summary>Keeps the guard's threads ahead of everything else, as far as the kernel lets us.</summary>
internal static unsafe class RealTime
{
    private const int RoundRobin = 2, ResetOnFork = 0x40000000;
    private const int Current = 1, Future = 2, OnFault = 4;

    /// <summary>Gives the calling thread (or a process) round-robin real-time priority. Its children do not inherit it.</summary>
    public static bool TryRaise(int priority, int pid = 0) => Libc.sched_setscheduler(pid, RoundRobin | ResetOnFork, &priority) == 0;

    /// <summary>Keeps touched pages in memory: paging the guard back in could take longer than the margin.</summary>
    public static bool TryLockMemory() => Libc.mlockall(Current | Future | OnFault) == 0;
}
