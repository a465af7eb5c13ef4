using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Databases;

/// <summary>Whose a database's files are, and so as whom its programs run.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
public readonly record struct FileOwner(uint User, uint Group)
{
    /// <summary>Gets this process's own.</summary>
    public static FileOwner Self => new(LibC.geteuid(), LibC.getegid());

    /// <summary>The owner of a file or folder.</summary>
    public static FileOwner Of(string path)
    {
        try
        {
            var stat = FileStat.Of(LinuxPath.Of(path), follow: true);
            return new(stat.Uid, stat.Gid);
        }
        catch (LinuxError error)
        {
            throw new HoldfastException(ErrorKind.NotFound, "database.folder-missing", $"'{path}' cannot be looked at: {error.Message}", "Name the database's data folder.", error);
        }
    }

    /// <summary>Gives a file, folder or link to this owner; without root's rights only to oneself, which changes nothing.</summary>
    public unsafe void Take(string path)
    {
        if (this == Self) return;
        fixed (byte* bytes = LinuxPath.Of(path).Terminated)
        {
            if (LibC.fchownat(LibC.AtCurrentDirectory, bytes, User, Group, LibC.AtNoFollow) != 0) throw LinuxError.Last("lchown");
        }
    }
}
