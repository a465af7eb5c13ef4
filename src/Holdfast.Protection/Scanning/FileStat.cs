using Holdfast.Protection.Native;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Scanning;

/// <summary>What Linux knows of a file.</summary>
internal readonly unsafe struct FileStat
{
    private FileStat(in LibC.Statx stat)
    {
        Mode = stat.Mode;
        Size = stat.Size;
        Blocks = stat.Blocks;
        Inode = stat.Inode;
        Links = stat.Links;
        Uid = stat.User;
        Gid = stat.Group;
        Device = Number(stat.DeviceMajor, stat.DeviceMinor);
        DeviceNumber = Number(stat.DeviceNumberMajor, stat.DeviceNumberMinor);
        Modified = (stat.Modified.Seconds, (int)stat.Modified.Nanoseconds);
        Changed = (stat.Changed.Seconds, (int)stat.Changed.Nanoseconds);
        Accessed = (stat.Accessed.Seconds, (int)stat.Accessed.Nanoseconds);
    }

    public uint Mode { get; }

    public ulong Size { get; }

    /// <summary>Gets how many 512-byte blocks it takes.</summary>
    public ulong Blocks { get; }

    public ulong Inode { get; }

    public uint Links { get; }

    public uint Uid { get; }

    public uint Gid { get; }

    public ulong Device { get; }

    public ulong DeviceNumber { get; }

    public (long Seconds, int Nanoseconds) Modified { get; }

    public (long Seconds, int Nanoseconds) Changed { get; }

    public (long Seconds, int Nanoseconds) Accessed { get; }

    public NodeType Type => NodeMode.TypeOf(Mode);

    /// <summary>Gets whether some of it takes no room.</summary>
    public bool IsSparse => Blocks * 512 < Size;

    /// <summary>Asks about a path; a symbolic link at its end is the thing asked about unless followed.</summary>
    /// <exception cref="LinuxError">There is none, or it may not be asked about.</exception>
    public static FileStat Of(LinuxPath path, bool follow = false) => Of(LibC.AtCurrentDirectory, path.Terminated, follow);

    /// <summary>Asks about something in a directory.</summary>
    public static FileStat Of(int directory, ReadOnlySpan<byte> terminatedName, bool follow = false)
    {
        LibC.Statx stat;
        fixed (byte* bytes = terminatedName)
        {
            return LibC.statx(directory, bytes, follow ? 0 : LibC.AtNoFollow, LibC.BasicStats, &stat) == 0 ? new FileStat(stat) : throw LinuxError.Last("lstat");
        }
    }

    /// <summary>Asks about an open file.</summary>
    public static FileStat Of(Descriptor file)
    {
        LibC.Statx stat;
        byte empty = 0;
        return LibC.statx(file.Number, &empty, LibC.AtEmptyPath, LibC.BasicStats, &stat) == 0 ? new FileStat(stat) : throw LinuxError.Last("fstat");
    }

    /// <summary>Whether nothing says that the content changed between the two.</summary>
    public bool IsSameContent(in FileStat other) =>
        Size == other.Size && Modified == other.Modified && Changed == other.Changed && Inode == other.Inode && Device == other.Device;

    // As glibc's makedev has it, which is what st_dev shows.
    private static ulong Number(uint major, uint minor) =>
        (minor & 0xFF) | ((major & 0xFFFUL) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | ((ulong)(major & 0xFFFFF000) << 32);
}
