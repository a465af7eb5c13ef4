using Holdfast.Leash.Recovery;

namespace Holdfast.Leash.Protocol;

/// <summary>
/// The second killer (leases rule 14): ends what a leash holds without its help, when it hangs or is stopped. For the agent
/// once its lease is over and the leash has not said that it is clean, and for <c>holdfast-leash --sweep</c>.
/// </summary>
public static class LeashBackstop
{
    /// <summary>
    /// Kills the processes of every role unit, removes their addresses, shuts their file systems down and unmounts them; repeats until
    /// verified gone or the limit is over. Blocks; call it from a thread of its own.
    /// </summary>
    /// <param name="runDirectory">The run folder of the leash.</param>
    /// <param name="limit">How long to go on.</param>
    /// <param name="infrastructure">Whether the units outside the lease (etcd) are ended too.</param>
    /// <returns>What is left; empty when everything is verified gone.</returns>
    public static IReadOnlyList<string> Sweep(string runDirectory, TimeSpan limit, bool infrastructure = false) => Leftovers.Sweep(runDirectory, infrastructure, limit);

    /// <summary>Kills the leash that started this process, and with it everything that it holds open. False when another program started it.</summary>
    public static bool KillLeash()
    {
        var parent = Native.Libc.getppid();
        return File.ReadAllText($"/proc/{parent}/comm").StartsWith("holdfast-leash", StringComparison.Ordinal) && Native.Libc.kill(parent, Native.Libc.SIGKILL) == 0;
    }
}
