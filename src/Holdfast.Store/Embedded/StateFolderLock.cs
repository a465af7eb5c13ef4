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
    private const int ReadWriteCreateCloseOnExec = 0x80042;
    private const int WouldBlock = 11;

    private readonly SafeFileHandle _file;

    private StateFolderLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock or says who has it.</summary>
    /// <exception cref="HoldfastException"><c>store.locked</c>.</exception>
    public static StateFolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "store.lock");

        // Opened by hand: .NET would take a lock of its own on the file, which a setting can also turn off.
        var fd = open(path, ReadWriteCreateCloseOnExec, 0x180); // rw-------
        if (fd < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"Cannot open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var file = new SafeFileHandle(fd, ownsHandle: true);
        try
        {
            if (flock(fd, ExclusiveNonBlocking) != 0)
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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(int fd, int operation);
}
