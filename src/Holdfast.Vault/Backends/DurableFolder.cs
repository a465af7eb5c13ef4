using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Vault.Backends;

/// <summary>What the file API of .NET lacks for names that survive a loss of power.</summary>
internal static partial class DurableFolder
{
    private const int ReadOnlyFolderCloseOnExec = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC
    private const uint NoReplace = 1;
    private const int AtCurrentFolder = -100;

    /// <summary>Makes the names in a folder durable: without it, a file that was renamed into place can be gone after a loss of power, though its content was synced.</summary>
    public static void Sync(string folder)
    {
        var descriptor = open(folder, ReadOnlyFolderCloseOnExec);
        if (descriptor < 0) throw Failure($"open {folder}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(descriptor) == 0) return;
        // Some network and FUSE file systems cannot sync a folder and say so; there is nothing more to be had from them.
        if (Marshal.GetLastPInvokeError() is Errno.InvalidArgument or Errno.NotSupported or Errno.ReadOnlyFileSystem) return;
        throw Failure($"sync {folder}");
    }

    /// <summary>Renames a file; false when the new name is taken, which is then left as it is.</summary>
    public static bool TryRename(string from, string to)
    {
        if (renameat2(AtCurrentFolder, from, AtCurrentFolder, to, NoReplace) == 0) return true;
        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.Exists:
                return false;
            case Errno.InvalidArgument or Errno.NotImplemented or Errno.NotSupported: // A file system that knows no such rename (NFS, older FUSE).
                break;
            default:
                throw Failure($"rename {from} to {to}");
        }

        // A hard link is refused when the name is taken, too. Where there are none either, what is left is the race between a look and a rename.
        if (link(from, to) == 0)
        {
            File.Delete(from);
            return true;
        }

        if (Marshal.GetLastPInvokeError() == Errno.Exists || File.Exists(to)) return false;
        File.Move(from, to, overwrite: false);
        return true;
    }

    /// <summary>Removes a name; false when there is none.</summary>
    public static bool TryRemove(string path)
    {
        if (unlink(path) == 0) return true;
        return Marshal.GetLastPInvokeError() == Errno.NoSuchFile ? false : throw Failure($"remove {path}");
    }

    private static IOException Failure(string what) =>
        new($"Cannot {what}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unlink(string path);
}
