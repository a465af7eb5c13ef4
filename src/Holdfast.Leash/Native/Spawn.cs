using System.Runtime.InteropServices;

namespace Holdfast.Leash.Native;

/// <summary>Starts programs with posix_spawn.</summary>
/// <remarks>
/// Parent-death signals follow the <em>thread</em> that started the child, so every start happens on the one thread that lives
/// as long as the process (the reactor's). <c>System.Diagnostics.Process</c> is not used: it would start from the pool, and
/// reap children behind our back.
/// </remarks>
internal static unsafe partial class Spawn
{
    private const short SetSignalDefaults = 0x04, SetSignalMask = 0x08, SetSession = 0x80;

    /// <summary>Starts a program found in PATH. The descriptors become 0, 1, 2 and (when given) 3 of the child; everything else is closed on exec.</summary>
    /// <returns>The process id, or minus the error number.</returns>
    public static int Start(IReadOnlyList<string> command, IReadOnlyList<string> environment, int input, int output, int error, int fourth, bool newSession)
    {
        // Sizes of glibc's opaque structures are 336 and 80 bytes; 512 leaves room.
        var attributes = stackalloc byte[512];
        var actions = stackalloc byte[512];
        var signals = stackalloc ulong[16];
        posix_spawnattr_init(attributes);
        posix_spawn_file_actions_init(actions);
        var argv = Vector(command);
        var envp = Vector(environment);
        try
        {
            // The runtime ignores SIGPIPE, and ignored signals stay ignored over exec.
            sigfillset(signals);
            posix_spawnattr_setsigdefault(attributes, signals);
            sigemptyset(signals);
            posix_spawnattr_setsigmask(attributes, signals);
            posix_spawnattr_setflags(attributes, (short)(SetSignalDefaults | SetSignalMask | (newSession ? SetSession : 0)));
            posix_spawn_file_actions_adddup2(actions, input, 0);
            posix_spawn_file_actions_adddup2(actions, output, 1);
            posix_spawn_file_actions_adddup2(actions, error, 2);
            if (fourth >= 0) posix_spawn_file_actions_adddup2(actions, fourth, 3);
            int pid;
            var failure = posix_spawnp(&pid, *argv, actions, attributes, argv, envp);
            return failure == 0 ? pid : -failure;
        }
        finally
        {
            posix_spawn_file_actions_destroy(actions);
            posix_spawnattr_destroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    /// <summary>Keeps what was open when the leash was started from reaching the units. What it opens itself is closed on exec anyway.</summary>
    public static void KeepInheritedDescriptors() => close_range(3, uint.MaxValue, 4 /* CLOSE_RANGE_CLOEXEC */);

    /// <summary>Reaps a child that has ended. Returns its exit code, 128 + n when a signal ended it, or -1 when it has not ended.</summary>
    public static int Reap(int pid)
    {
        var info = stackalloc int[32]; // siginfo_t: signo, errno, code, (pad), pid, uid, status.
        info[4] = 0;
        if (Libc.waitid(1 /* P_PID */, pid, info, 4 | 1 /* WEXITED | WNOHANG */, null) != 0) return Libc.Errno == Libc.EINTR ? -1 : 255;
        if (info[4] == 0) return -1;
        return info[2] == 1 /* CLD_EXITED */ ? info[6] : 128 + info[6];
    }

    /// <summary>Gets the children of a process.</summary>
    public static int[] Children(int pid)
    {
        try
        {
            return [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        }
        catch (FileNotFoundException)
        {
            // A kernel without CONFIG_PROC_CHILDREN, or the process is gone.
            return Directory.Exists($"/proc/{pid}") ? [.. ScanForChildren(pid)] : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static IEnumerable<int> ScanForChildren(int parent)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid)) continue;
            string stat;
            try
            {
                stat = File.ReadAllText($"/proc/{pid}/stat");
            }
            catch (IOException)
            {
                continue; // It ended while we looked.
            }

            // The name may contain blanks and parentheses; the fields begin after the last one.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            if (int.Parse(fields[1]) == parent) yield return pid;
        }
    }

    private static byte** Vector(IReadOnlyList<string> texts)
    {
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)texts.Count + 1, (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Count; i++) vector[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        return vector;
    }

    private static void Free(byte** vector)
    {
        for (var entry = vector; *entry != null; entry++) Marshal.FreeCoTaskMem((nint)(*entry));
        NativeMemory.Free(vector);
    }

    [LibraryImport("libc")] private static partial int posix_spawnp(int* pid, byte* file, byte* actions, byte* attributes, byte** argv, byte** envp);
    [LibraryImport("libc")] private static partial int posix_spawnattr_init(byte* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_destroy(byte* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setflags(byte* attributes, short flags);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigdefault(byte* attributes, ulong* signals);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigmask(byte* attributes, ulong* signals);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_init(byte* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_destroy(byte* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);
    [LibraryImport("libc")] private static partial int close_range(uint first, uint last, int flags);
    [LibraryImport("libc")] private static partial int sigfillset(ulong* signals);
    [LibraryImport("libc")] private static partial int sigemptyset(ulong* signals);
}
