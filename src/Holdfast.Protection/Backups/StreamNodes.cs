using Holdfast.Protection.Native;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>The nodes of a file that comes from a stream, and of the directories in its name.</summary>
internal static class StreamNodes
{
    /// <summary>A node, and what makes the one above it of its tree.</summary>
    public sealed record Nested(Node Node, Func<BlobId, Nested>? Above);

    /// <exception cref="HoldfastException"><c>backup.file-name</c>: nothing is left of the name.</exception>
    public static Nested Nest(string fileName, IReadOnlyList<BlobId> content, ulong size, DateTimeOffset at, TimeZoneInfo zone)
    {
        var names = PathParts.Clean("/" + fileName).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) throw new HoldfastException(ErrorKind.Invalid, "backup.file-name", $"'{fileName}' is no file name.", "Name the file with --stdin-filename.");
        var modified = NodeTime.In(zone, at.ToUnixTimeSeconds(), (int)(at.Ticks % TimeSpan.TicksPerSecond) * 100);
        var basis = new Node { Name = "", Type = NodeType.File, ModifiedAt = modified, AccessedAt = modified, ChangedAt = modified, Uid = LibC.geteuid(), Gid = LibC.getegid() };
        return Wrap(names.Length - 1, basis with { Name = names[^1], Mode = NodeMode.FromLinux(0x81A4), Size = size, Content = content });

        Nested Wrap(int depth, Node node) => new(node, depth == 0 ? null
            : tree => Wrap(depth - 1, basis with { Name = names[depth - 1], Type = NodeType.Directory, Mode = NodeMode.FromLinux(0x41ED), Subtree = tree }));
    }
}
