using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Native;

/// <summary>The calls of libc that .NET has no door for. Structures and numbers are those of 64-bit Linux.</summary>
internal static unsafe partial class Libc
{
    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;
    public const int ENXIO = 6;
    public const int EBUSY = 16;
    public const int EXDEV = 18;
    public const int EINVAL = 22;
    public const int ENOTTY = 25;
    public const int EOPNOTSUPP = 95;
    public const int O_RDWR = 2;
    public const int O_EXCL = 0x80;
    public const int O_CLOEXEC = 0x80000;
    public const int FALLOC_FL_KEEP_SIZE = 1;
    public const int FALLOC_FL_PUNCH_HOLE = 2;
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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int statx(int directory, string path, int flags, uint mask, StatX* result);

    [LibraryImport("libc", SetLastError = true)] private static partial int statx(SafeFileHandle file, byte* path, int flags, uint mask, StatX* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int statfs(string path, long* result);

    /// <summary>The magic number of the file system that a path is on.</summary>
    public static uint FileSystemOf(string path)
    {
        var result = stackalloc long[16]; // struct statfs has 120 bytes and begins with its type.
        return statfs(path, result) == 0 ? (uint)result[0] : throw Failed($"'{path}' cannot be looked at");
    }

    public static StatX Stat(string path)
    {
        StatX result;
        return statx(-100 /* AT_FDCWD */, path, 0, 0x7ff /* STATX_BASIC_STATS */, &result) == 0 ? result : throw Failed($"'{path}' cannot be looked at");
    }

    public static StatX Stat(SafeFileHandle file, string path)
    {
        StatX result;
        byte none = 0;
        return statx(file, &none, 0x1000 /* AT_EMPTY_PATH */, 0x7ff, &result) == 0 ? result : throw Failed($"'{path}' cannot be looked at");
    }

    /// <summary>What the last call that failed means, as an answer.</summary>
    public static HoldfastException Failed(string what, string code = "volume.failed", string? hint = null)
    {
        var errno = Marshal.GetLastPInvokeError();
        var kind = errno switch { 2 or ENXIO => ErrorKind.NotFound, 1 or 13 or 30 => ErrorKind.Forbidden, EBUSY => ErrorKind.Conflict, _ => ErrorKind.Unavailable };
        return new(kind, code, $"{what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).", hint);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Time
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int _reserved;

        public readonly long TotalNanoseconds => (Seconds * 1_000_000_000) + Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct StatX
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
        private readonly ushort _spare;
        public ulong Inode;
        public ulong Length;
        public ulong Blocks;
        public ulong AttributesMask;
        public Time Accessed;
        public Time Born;
        public Time Changed;
        public Time Modified;
        public uint RawDeviceMajor;
        public uint RawDeviceMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;

        public readonly bool IsBlockDevice => (Mode & 0xF000) == 0x6000;

        public readonly bool IsRegularFile => (Mode & 0xF000) == 0x8000;
    }
}
