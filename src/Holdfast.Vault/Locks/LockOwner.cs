using System.Runtime.InteropServices;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Locks;

/// <summary>Who writes a lock: this process, as other processes can tell.</summary>
internal static partial class LockOwner
{
    // The inode of the first PID namespace is fixed in the kernel (PROC_PID_INIT_INO).
    private const string FirstNamespace = "pid:[4026531836]";
    private const int NoSuchProcess = 3; // ESRCH

    /// <summary>Gets the machine's name, with the PID namespace when it is not the machine's own.</summary>
    /// <remarks>Restic and we call a lock of this host stale when its process does not run. A process number from another namespace means another process or
    /// none: a live lock would be taken for dead. With another host name the question is not asked, and only the age counts.</remarks>
    public static string Host { get; } = NameHost(HostName.Current, new FileInfo("/proc/self/ns/pid").LinkTarget);

    public static string NameHost(string machine, string? pidNamespace) => pidNamespace is null or FirstNamespace ? machine : $"{machine} {pidNamespace}";

    /// <summary>Whether a process runs. Asked with a signal that does nothing: /proc may hide the processes of others.</summary>
    public static bool IsRunning(int pid) => pid > 0 && (kill(pid, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess);

    public static LockRecord Record(bool exclusive, DateTimeOffset now) => new()
    {
        Time = now,
        Exclusive = exclusive,
        Hostname = Host,
        Username = Environment.UserName,
        Pid = Environment.ProcessId,
        Uid = getuid(),
        Gid = getgid(),
    };

    [LibraryImport("libc", SetLastError = true)] private static partial int kill(int pid, int signal);

    [LibraryImport("libc")] private static partial uint getuid();

    [LibraryImport("libc")] private static partial uint getgid();
}
