using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Cluster;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Store.Embedded;

/// <summary>
/// Holds a state folder for one process (leases rule 19). The kernel lets go of it when the process ends, however it ends.
/// </summary>
internal sealed partial class StateFolderLock : IDisposable
{
    private const int ExclusiveNonBlocking = 2 | 4; // LOCK_EX | LOCK_NB
    private const int WouldBlock = 11;

    private readonly SafeFileHandle _file;

    private StateFolderLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock or says who has it.</summary>
    /// <exception cref="HoldfastException"><c>store.locked</c>.</exception>
    public static StateFolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "store.lock");

        // Sharing is left open: the lock is the flock below, which no runtime switch turns off.
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            if (flock((int)file.DangerousGetHandle(), ExclusiveNonBlocking) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                throw error == WouldBlock
                    ? new HoldfastException(ErrorKind.Conflict, "store.locked", $"The state folder {folder} is in use by {Holder(file)}.", "Stop that process, or give this one a folder of its own.")
                    : new Win32Exception(error, $"Cannot lock {path}: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"), 0);
            return new StateFolderLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static string Holder(SafeFileHandle file)
    {
        Span<byte> text = stackalloc byte[16];
        var pid = Encoding.ASCII.GetString(text[..RandomAccess.Read(file, text, 0)]).Trim();
        return pid.Length > 0 ? $"process {pid}" : "another process";
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);
}
