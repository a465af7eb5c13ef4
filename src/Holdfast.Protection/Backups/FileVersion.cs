using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>What tells whether a file's content changed, in nanoseconds since 1970.</summary>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Modified">When its content changed.</param>
/// <param name="Changed">When its inode changed.</param>
/// <param name="Inode">Its inode.</param>
public sealed record FileVersion(ulong Size, Int128 Modified, Int128 Changed, ulong Inode)
{
    internal static FileVersion Of(in FileStat stat) => new(stat.Size, Nanoseconds(stat.Modified), Nanoseconds(stat.Changed), stat.Inode);

    internal static bool IsUnchanged(in FileStat stat, Node before, bool ignoreInode, bool ignoreChangeTime) =>
        before.Type == NodeType.File && before.Size == stat.Size && before.Content is not null
        && stat.Modified == (before.ModifiedAt.Seconds, before.ModifiedAt.Nanoseconds)
        && (ignoreInode || ignoreChangeTime || stat.Changed == (before.ChangedAt.Seconds, before.ChangedAt.Nanoseconds))
        && (ignoreInode || before.Inode == stat.Inode);

    private static Int128 Nanoseconds((long Seconds, int Nanoseconds) time) => ((Int128)time.Seconds * 1_000_000_000) + time.Nanoseconds;
}
