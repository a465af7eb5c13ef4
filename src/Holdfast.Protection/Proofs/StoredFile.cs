using System.Runtime.CompilerServices;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Restores;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Proofs;

/// <summary>A file of a snapshot.</summary>
/// <param name="Path">Its path in the snapshot.</param>
internal readonly record struct StoredFile(string Path, Node Node)
{
    /// <summary>All files below a tree.</summary>
    public static async IAsyncEnumerable<StoredFile> AllAsync(IBlobSource source, BlobId tree, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var node in (await Tree.LoadAsync(source, tree, cancellationToken)).Nodes.Where(node => NodeNames.IsSafe(node.Name)))
        {
            var at = SnapshotPaths.Join(path, node.Name);
            if (node is { Type: NodeType.File, Content: not null }) yield return new(at, node);
            if (node is not { Type: NodeType.Directory, Subtree: { } subtree }) continue;
            await foreach (var below in AllAsync(source, subtree, at, cancellationToken)) yield return below;
        }
    }
}
