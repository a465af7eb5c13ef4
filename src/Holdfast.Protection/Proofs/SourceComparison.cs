using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Proofs;

/// <summary>Compares a restored file with the one that it was made from, if that did not change since.</summary>
internal static class SourceComparison
{
    private const int PartBytes = 256 * 1024;

    /// <summary>Whether the two are the same; null when the source is not there, cannot be read or has changed.</summary>
    public static bool? IsSame(string source, Node node, string restored)
    {
        try
        {
            using var ours = Descriptor.OpenToRead(LinuxPath.Of(source), directory: false);
            if (!IsUnchanged(FileStat.Of(ours), node)) return null;
            using var theirs = Descriptor.OpenToRead(LinuxPath.Of(restored), directory: false);
            var isSame = IsSame(ours, theirs);
            // It may have been written to while it was compared.
            return isSame || IsUnchanged(FileStat.Of(ours), node) ? isSame : null;
        }
        catch (LinuxError)
        {
            return null; // What the restored file lacks was found when it was read back.
        }
    }

    private static bool IsUnchanged(FileStat stat, Node node) => stat.Type == NodeType.File && stat.Size == node.Size
        && stat.Modified == (node.ModifiedAt.Seconds, node.ModifiedAt.Nanoseconds) && stat.Changed == (node.ChangedAt.Seconds, node.ChangedAt.Nanoseconds);

    private static bool IsSame(Descriptor a, Descriptor b)
    {
        var (one, other) = (new byte[PartBytes], new byte[PartBytes]);
        for (var offset = 0L; ;)
        {
            var (read, also) = (Fill(a, one, offset), Fill(b, other, offset));
            if (read != also || !one.AsSpan(0, read).SequenceEqual(other.AsSpan(0, also))) return false;
            if (read < PartBytes) return true;
            offset += read;
        }
    }

    private static int Fill(Descriptor file, byte[] part, long offset)
    {
        var filled = 0;
        for (int read; filled < part.Length && (read = file.Read(part.AsSpan(filled), offset + filled)) > 0;) filled += read;
        return filled;
    }
}
