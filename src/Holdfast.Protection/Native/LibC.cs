using System.Runtime.InteropServices;

namespace Holdfast.Protection.Native;

/// <summary>The system calls of backup and restore. Paths are bytes that end in a zero.</summary>
internal static unsafe partial class LibC
{
    public const int AtCurrentDirectory = -100;
    public const int AtNoFollow = 0x100;
    public const int AtEmptyPath = 0x1000;
    public const int AtRemoveDirectory = 0x200;
    public const uint BasicStats = 0x7FF;
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Truncate = 0x200;
    public const int PunchHole = 2;
    public const int KeepSize = 1;
    public const int NonBlocking = 0x800;
    public const int Directory = 0x10000;
    public const int NoFollow = 0x20000;
    public const int NoAccessTime = 0x40000;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;
    public const int SeekData = 3;
    public const int SeekHole = 4;

    [LibraryImport("libc", SetLastError = true)] public static partial int statx(int directory, byte* path, int flags, uint mask, Statx* result);
    [LibraryImport("libc", SetLastError = true)] public static partial int openat(int directory, byte* path, int flags, uint mode);
    [LibraryImport("libc", SetLastError = true)] public static partial int close(int fd);
    [LibraryImport("libc", SetLastError = true)] public static partial nint pread(int fd, byte* buffer, nuint count, long offset);
    [LibraryImport("libc", SetLastError = true)] public static partial nint pwrite(int fd, byte* buffer, nuint count, long offset);
    [LibraryImport("libc", SetLastError = true)] public static partial long lseek(int fd, long offset, int whence);
    [LibraryImport("libc", SetLastError = true)] public static partial nint getdents64(int fd, byte* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint readlink(byte* path, byte* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint readlinkat(int directory, byte* path, byte* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint llistxattr(byte* path, byte* list, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint flistxattr(int fd, byte* list, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint lgetxattr(byte* path, byte* name, byte* value, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint fgetxattr(int fd, byte* name, byte* value, nuint count);
    [LibraryImport("libc", SetLastError = true)] public static partial int lsetxattr(byte* path, byte* name, byte* value, nuint count, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int lremovexattr(byte* path, byte* name);
    [LibraryImport("libc", SetLastError = true)] public static partial int ftruncate(int fd, long length);
    [LibraryImport("libc", SetLastError = true)] public static partial int fallocate(int fd, int mode, long offset, long length);
    [LibraryImport("libc", SetLastError = true)] public static partial int mkdirat(int directory, byte* path, uint mode);
    [LibraryImport("libc", SetLastError = true)] public static partial int mknodat(int directory, byte* path, uint mode, ulong device);
    [LibraryImport("libc", SetLastError = true)] public static partial int symlinkat(byte* target, int directory, byte* path);
    [LibraryImport("libc", SetLastError = true)] public static partial int linkat(int fromDirectory, byte* from, int toDirectory, byte* to, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int unlinkat(int directory, byte* path, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int fchownat(int directory, byte* path, uint user, uint group, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int fchmodat(int directory, byte* path, uint mode, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int fchmod(int fd, uint mode);
    [LibraryImport("libc", SetLastError = true)] public static partial int utimensat(int directory, byte* path, long* times, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int futimens(int fd, long* times);
    [LibraryImport("libc", SetLastError = true)] public static partial int fchown(int fd, uint user, uint group);
    [LibraryImport("libc", SetLastError = true)] public static partial int fsetxattr(int fd, byte* name, byte* value, nuint count, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int fremovexattr(int fd, byte* name);
    [LibraryImport("libc", SetLastError = true)] public static partial int setxattr(byte* path, byte* name, byte* value, nuint count, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int removexattr(byte* path, byte* name);
    [LibraryImport("libc", SetLastError = true)] public static partial long syscall(long number, long directory, byte* path, OpenHow* how, nuint size);
    [LibraryImport("libc")] public static partial uint geteuid();
    [LibraryImport("libc")] public static partial uint getegid();
    [LibraryImport("libc")] public static partial int getpwuid_r(uint user, Account* entry, byte* buffer, nuint count, Account** result);
    [LibraryImport("libc")] public static partial int getgrgid_r(uint group, Account* entry, byte* buffer, nuint count, Account** result);

    /// <summary>The head of <c>struct passwd</c> and <c>struct group</c>, with room for the rest.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    public struct Account
    {
        public byte* Name;
    }

    /// <summary>What <c>openat2</c> takes; its number is the same on every machine.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenHow
    {
        public const long SystemCall = 437;
        public const ulong NoSymbolicLinks = 0x04;
        public const ulong Beneath = 0x08;

        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;

        public readonly long TotalNanoseconds => (Seconds * 1_000_000_000) + Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct Statx
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint Links;
        public uint User;
        public uint Group;
        public ushort Mode;
        public ushort Spare;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public StatxTime Accessed;
        public StatxTime Born;
        public StatxTime Changed;
        public StatxTime Modified;
        public uint DeviceNumberMajor;
        public uint DeviceNumberMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;

        public readonly bool IsBlockDevice => (Mode & 0xF000) == 0x6000;

        public readonly bool IsRegularFile => (Mode & 0xF000) == 0x8000;
    }
}
