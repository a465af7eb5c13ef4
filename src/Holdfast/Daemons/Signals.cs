using System.Runtime.InteropServices;

namespace Holdfast.Cli.Daemons;

/// <summary>The signal that asks a process to end.</summary>
internal static partial class Signals
{
    private const int SIGTERM = 15;

    /// <summary>Sends SIGTERM; a process that is gone already needs none.</summary>
    public static void Terminate(int processId) => kill(processId, SIGTERM);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
