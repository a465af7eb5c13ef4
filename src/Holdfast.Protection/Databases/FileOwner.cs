using System.Globalization;
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

    /// <summary>
    /// Whose restored files become: the account's of that name here, whatever number it had there, or else another's. Oneself where this process can give nothing to them: without root's rights, and in
    /// a user namespace that does not have them.
    /// </summary>
    public static FileOwner OfRestored(string account, FileOwner otherwise)
    {
        if (Self.User != 0) return Self;
        var owner = AccountLookup.Find(account) ?? otherwise;
        return IsIn(File.ReadAllText("/proc/self/uid_map"), owner.User) && IsIn(File.ReadAllText("/proc/self/gid_map"), owner.Group) ? owner : Self;
    }

    /// <summary>Whether a namespace has a number (user_namespaces(7): the first in it, the first outside, how many).</summary>
    internal static bool IsIn(string map, uint number) =>
        map.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(range => long.Parse(range[0], CultureInfo.InvariantCulture) is var first && number >= first && number < first + long.Parse(range[2], CultureInfo.InvariantCulture));

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
