using System.Runtime.InteropServices;
using Holdfast.Protection.Native;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Names in a folder that survive a loss of power.</summary>
internal static partial class DurableNames
{
    private const int ReadOnlyFolder = 0x10000; // O_DIRECTORY
    private const int Exists = 17;

    /// <summary>Gives a file a second name; false when that is taken.</summary>
    public static bool TryLink(string from, string to)
    {
        if (link(from, to) == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return error == Exists ? false : throw new IOException($"link {to}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>Makes the names in a folder durable.</summary>
    public static void Sync(string folder)
    {
        var descriptor = LibC.open(folder, ReadOnlyFolder | LibC.CloseOnExec, 0);
        if (descriptor < 0) throw new IOException($"open {folder}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (fsync(handle) != 0) throw new IOException($"sync {folder}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int link(string from, string to);

    [LibraryImport("libc", SetLastError = true)] private static partial int fsync(SafeFileHandle folder);
}
