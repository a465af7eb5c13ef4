using System.Formats.Tar;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Browsing;

/// <summary>Writes a file's content, or a directory as a tar archive, to a stream.</summary>
public static class TreeDump
{
    /// <summary>Writes the content of a file, a blob at a time.</summary>
    public static async Task WriteFileAsync(IBlobSource source, Node file, Stream output, CancellationToken cancellationToken)
    {
        foreach (var blob in file.Content ?? []) await output.WriteAsync(await source.LoadAsync(BlobKind.Data, blob, cancellationToken), cancellationToken);
    }

    /// <summary>Writes what is below a tree as a PAX archive, with names relative to it.</summary>
    public static async Task WriteTarAsync(IBlobSource source, BlobId tree, Stream output, CancellationToken cancellationToken)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        await foreach (var (path, node) in TreePath.WalkAsync(source, tree, "", recursive: true, cancellationToken))
        {
            if (EntryOf(path[1..], node) is not { } entry) continue;
            await using var content = node.Type == NodeType.File ? new BlobStream(source, node) : null;
            if (content is not null) entry.DataStream = content; // Other kinds refuse even none.
            await tar.WriteEntryAsync(entry, cancellationToken);
        }
    }

    // A socket has no meaning in an archive, and what we do not know has none we could tell.
    private static PaxTarEntry? EntryOf(string name, Node node)
    {
        TarEntryType? type = node.Type switch
        {
            NodeType.File => TarEntryType.RegularFile,
            NodeType.Directory => TarEntryType.Directory,
            NodeType.SymbolicLink => TarEntryType.SymbolicLink,
            NodeType.BlockDevice => TarEntryType.BlockDevice,
            NodeType.CharacterDevice => TarEntryType.CharacterDevice,
            NodeType.Fifo => TarEntryType.Fifo,
            _ => null,
        };
        if (type is not { } known) return null;

        var entry = new PaxTarEntry(known, ByteText.ToPrintable(node.Type == NodeType.Directory ? name + "/" : name))
        {
            Mode = (UnixFileMode)NodeMode.ToLinux(node.Mode),
            Uid = (int)node.Uid,
            Gid = (int)node.Gid,
            UserName = node.User,
            GroupName = node.Group,
            ModificationTime = node.ModifiedAt.ToDateTimeOffset(),
        };
        if (known == TarEntryType.SymbolicLink) entry.LinkName = ByteText.ToPrintable(node.LinkTarget);
        if (known is TarEntryType.BlockDevice or TarEntryType.CharacterDevice) (entry.DeviceMajor, entry.DeviceMinor) = DeviceNumbers(node.Device);
        return entry;
    }

    // Linux's makedev: twelve bits of major and twenty of minor, interleaved.
    private static (int Major, int Minor) DeviceNumbers(ulong device) => ((int)((device >> 8) & 0xFFF), (int)((device & 0xFF) | ((device >> 12) & 0xFFF00)));
}
