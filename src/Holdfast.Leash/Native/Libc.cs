using System.Runtime.InteropServices;

namespace Holdfast.Leash.Native;

/// <summary>The calls of libc that the leash makes: all blittable, so that none allocates or compiles a stub at the deadline.</summary>
/// <remarks>The structures are those of 64-bit Linux on x86; the product is built for linux-x64 only.</remarks>
internal static unsafe partial class Libc
{
    public const int EINTR = 4, EAGAIN = 11, EBUSY = 16, EEXIST = 17, ENODEV = 19, EINVAL = 22, ENOTTY = 25, EADDRNOTAVAIL = 99;
    public const int SIGKILL = 9, SIGTERM = 15;
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_APPEND = 0x400, O_NONBLOCK = 0x800, O_DIRECTORY = 0x10000, O_NOFOLLOW = 0x20000, O_CLOEXEC = 0x80000;
    public const short POLLIN = 1;
    public const uint EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 16;
    public const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
    public const int AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, AF_PACKET = 17;
    public const int SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_CLOEXEC = 0x80000, SOCK_NONBLOCK = 0x800;
    public const int MSG_NOSIGNAL = 0x4000, MSG_DONTWAIT = 0x40;
    public const int CLOCK_MONOTONIC_RAW = 4, CLOCK_BOOTTIME = 7;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    public struct EpollEvent
    {
        public uint Events;
        public long Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimerSpec
    {
        public TimeSpec Interval;
        public TimeSpec Value;
    }

    /// <summary>The head of struct stat is all that is read: the device, and the mode and device number of a special file.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    public struct Stat
    {
        public ulong Device;
        public ulong Inode;
        public ulong Links;
        public uint Mode;
        public uint Uid;
        public uint Gid;
        public int Pad;
        public ulong SpecialDevice;
    }

    [LibraryImport("libc", SetLastError = true)] public static partial int close(int fd);
    [LibraryImport("libc", SetLastError = true)] public static partial int open(byte* path, int flags, int mode);
    [LibraryImport("libc", SetLastError = true)] public static partial nint read(int fd, void* buffer, nint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint write(int fd, void* buffer, nint count);
    [LibraryImport("libc", SetLastError = true)] public static partial nint send(int fd, void* buffer, nint count, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial nint recv(int fd, void* buffer, nint count, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial nint sendto(int fd, void* buffer, nint count, int flags, void* address, int addressLength);
    [LibraryImport("libc", SetLastError = true)] public static partial int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)] public static partial int socketpair(int domain, int type, int protocol, int* pair);
    [LibraryImport("libc", SetLastError = true)] public static partial int setsockopt(int fd, int level, int name, void* value, int length);
    [LibraryImport("libc", SetLastError = true)] public static partial int getsockopt(int fd, int level, int name, void* value, int* length);
    [LibraryImport("libc", SetLastError = true)] public static partial int bind(int fd, void* address, int length);
    [LibraryImport("libc", SetLastError = true)] public static partial int listen(int fd, int backlog);
    [LibraryImport("libc", SetLastError = true)] public static partial int accept4(int fd, void* address, int* length, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int pipe2(int* pair, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int poll(PollFd* fds, nuint count, int timeoutMilliseconds);
    [LibraryImport("libc", SetLastError = true)] public static partial int epoll_create1(int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int epoll_ctl(int epoll, int operation, int fd, EpollEvent* change);
    [LibraryImport("libc", SetLastError = true)] public static partial int epoll_wait(int epoll, EpollEvent* events, int capacity, int timeoutMilliseconds);
    [LibraryImport("libc", SetLastError = true)] public static partial int eventfd(uint initial, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int timerfd_create(int clock, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int timerfd_settime(int fd, int flags, TimerSpec* value, TimerSpec* old);
    [LibraryImport("libc", SetLastError = true)] public static partial int clock_gettime(int clock, TimeSpec* time);
    [LibraryImport("libc", SetLastError = true)] public static partial int ioctl(int fd, nuint request, void* argument);
    [LibraryImport("libc", SetLastError = true)] public static partial int fstat(int fd, Stat* result);
    [LibraryImport("libc", SetLastError = true)] public static partial int stat(byte* path, Stat* result);
    [LibraryImport("libc", SetLastError = true)] public static partial int syncfs(int fd);
    [LibraryImport("libc", SetLastError = true)] public static partial int fsync(int fd);
    [LibraryImport("libc", SetLastError = true)] public static partial int flock(int fd, int operation);
    [LibraryImport("libc", SetLastError = true)] public static partial int mount(byte* source, byte* target, byte* type, nuint flags, byte* data);
    [LibraryImport("libc", SetLastError = true)] public static partial int umount2(byte* target, int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int kill(int pid, int signal);
    [LibraryImport("libc")] public static partial int getppid();
    [LibraryImport("libc", SetLastError = true)] public static partial int waitid(int kind, int id, void* info, int options, void* usage);
    [LibraryImport("libc", SetLastError = true)] public static partial uint geteuid();
    [LibraryImport("libc", SetLastError = true)] public static partial uint umask(uint mask);
    [LibraryImport("libc", SetLastError = true)] public static partial int mlockall(int flags);
    [LibraryImport("libc", SetLastError = true)] public static partial int sched_setscheduler(int pid, int policy, int* priority);
    [LibraryImport("libc", SetLastError = true)] public static partial int setpriority(int kind, int id, int nice);
    [LibraryImport("libc", SetLastError = true)] public static partial int reboot(int command);
    [LibraryImport("libc", SetLastError = true)] public static partial uint if_nametoindex(byte* name);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)] private static partial long syscall(long number, long first, long second, nint third, long fourth);

    /// <summary>Opens a descriptor that names this very process, so that a reused id is never signalled.</summary>
    public static int PidFdOpen(int pid) => (int)syscall(434, pid, 0, 0, 0);

    /// <summary>Sends a signal through a process descriptor.</summary>
    public static int PidFdSendSignal(int pidfd, int signal) => (int)syscall(424, pidfd, signal, 0, 0);

    /// <summary>Whether the process behind the descriptor is over. For the init of a PID namespace this means that every process of it is.</summary>
    public static bool HasExited(int pidfd)
    {
        var entry = new PollFd { Fd = pidfd, Events = POLLIN };
        return poll(&entry, 1, 0) == 1 && (entry.Revents & POLLIN) != 0;
    }

    /// <summary>Gets the error of the last call, with its name: <c>Device or resource busy</c>.</summary>
    public static string LastError => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>Gets the number of the last error.</summary>
    public static int Errno => Marshal.GetLastPInvokeError();

    /// <summary>Encodes a text for the kernel.</summary>
    public static byte[] Text(string value) => System.Text.Encoding.UTF8.GetBytes(value + "\0");

    /// <summary>Opens a path; -1 with <see cref="Errno"/> when it fails.</summary>
    public static int Open(string path, int flags, int mode = 0)
    {
        fixed (byte* text = Text(path)) return open(text, flags | O_CLOEXEC, mode);
    }
}
