using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Disk;

internal static unsafe partial class Native
{
    internal const int ReadWriteCloseOnExec = 0x80002;
    internal const int Interrupted = 4;
    internal const int Again = 11;
    internal const int NoEntry = 2;
    internal const int NoDevice = 19;
    internal const int NotImplemented = 38;

    internal static int Open(string path)
    {
        var descriptor = open(path, ReadWriteCloseOnExec, 0);
        return descriptor >= 0 ? descriptor : throw Failure($"Cannot open {path}");
    }

    internal static Win32Exception Failure(string what) =>
        new(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string fileSystem, ulong flags, string data);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(int descriptor, nuint request, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sched_setscheduler(int thread, int policy, int* parameters);

    [LibraryImport("libc")]
    internal static partial void _exit(int code);
}
