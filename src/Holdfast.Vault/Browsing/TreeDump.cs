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

    /// <summary>Writes what is below a tree as a PAX archive, with names relative to it, extended attributes and access control lists.</summary>
    public static async Task WriteTarAsync(IBlobSource source, BlobId tree, Stream output, CancellationToken cancellationToken)
    {
        await foreach (var (path, node) in TreePath.WalkAsync(source, tree, "", recursive: true, cancellationToken))
        {
            var length = node.Type == NodeType.File ? LengthOf(source, node) : 0;
            if (PaxHeader.Of(path[1..], node, length) is not { } header) continue;
            await output.WriteAsync(header, cancellationToken);
            if (node.Type == NodeType.File) await WriteFileAsync(source, node, output, cancellationToken);
            await output.WriteAsync(new byte[PaxHeader.Padding(length)], cancellationToken);
        }

        await output.WriteAsync(new byte[2 * PaxHeader.BlockBytes], cancellationToken); // The end of an archive.
    }

    // What follows the header must be as long as that says, whatever a node says of its size.
    private static long LengthOf(IBlobSource source, Node file) => (file.Content ?? []).Sum(blob => source.TryGetLength(BlobKind.Data, blob, out var length) ? (long)length
        : throw new HoldfastException(ErrorKind.NotFound, "blob.missing", $"The data blob {blob} of '{ByteText.ToPrintable(file.Name)}' is in no index.", "Find out what else is missing: holdfast vault check"));
}
