using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Native;

/// <summary>The calls for volumes: on .NET's own handles, which close themselves.</summary>
internal static unsafe partial class LibC
{
    public const int ENXIO = 6;
    public const int EBUSY = 16;
    public const int EXDEV = 18;
    public const int EINVAL = 22;
    public const int ENOTTY = 25;
    public const int EOPNOTSUPP = 95;
    public const uint FICLONE = 0x40049409;
    public const uint FIEMAP = 0xC020660B;
    public const uint FIFREEZE = 0xC0045877;
    public const uint FITHAW = 0xC0045878;
    public const uint BLKFLSBUF = 0x1261;
    public const uint BLKGETSIZE64 = 0x80081272;

    [LibraryImport("libc", SetLastError = true)] public static partial long lseek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)] public static partial int ioctl(SafeFileHandle file, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)] public static partial int ioctl(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", SetLastError = true)] public static partial int fallocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] public static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int statx(int directory, string path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", SetLastError = true)] private static partial int statx(SafeFileHandle file, byte* path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int statfs(string path, long* result);

    /// <summary>The magic number of the file system that a path is on.</summary>
    public static uint FileSystemOf(string path)
    {
        var result = stackalloc long[16]; // struct statfs has 120 bytes and begins with its type.
        return statfs(path, result) == 0 ? (uint)result[0] : throw Failed($"'{path}' cannot be looked at");
    }

    public static Statx Stat(string path)
    {
        Statx result;
        return statx(AtCurrentDirectory, path, 0, BasicStats, &result) == 0 ? result : throw Failed($"'{path}' cannot be looked at");
    }

    public static Statx Stat(SafeFileHandle file, string path)
    {
        Statx result;
        byte none = 0;
        return statx(file, &none, AtEmptyPath, BasicStats, &result) == 0 ? result : throw Failed($"'{path}' cannot be looked at");
    }

    /// <summary>What the last call that failed means, as an answer.</summary>
    public static HoldfastException Failed(string what, string code = "volume.failed", string? hint = null)
    {
        var errno = Marshal.GetLastPInvokeError();
        var kind = errno switch { 2 or ENXIO => ErrorKind.NotFound, 1 or 13 or 30 => ErrorKind.Forbidden, EBUSY => ErrorKind.Conflict, _ => ErrorKind.Unavailable };
        return new(kind, code, $"{what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).", hint);
    }
}
