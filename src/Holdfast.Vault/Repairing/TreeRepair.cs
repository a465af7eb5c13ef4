using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Repairing;

/// <summary>A tree without what is lost. Pure; keys that are not known stay.</summary>
internal static class TreeRepair
{
    /// <summary>The tree with each file's content cut down to the blobs that are there and each directory at its repaired tree; null when nothing changes.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="lengthOf">The length of a data blob's content, or null when it is lost.</param>
    /// <param name="repaired">The repaired form of a subtree; of none, that of an empty one.</param>
    public static Tree? Rewrite(Tree tree, Func<BlobId, int?> lengthOf, Func<BlobId?, BlobId> repaired)
    {
        var nodes = tree.Nodes.Select(node => node.Type switch
        {
            NodeType.File => RewriteFile(node, lengthOf),
            NodeType.Directory when repaired(node.Subtree) is var subtree && subtree != node.Subtree => node with { Subtree = subtree },
            _ => node,
        }).ToList();
        return nodes.SequenceEqual(tree.Nodes, ReferenceEqualityComparer.Instance) ? null : new(InOrder(nodes));
    }

    /// <summary>As a tree must be written: each name once, in the order of its bytes. Whoever wrote a damaged one may not have kept to it.</summary>
    internal static IReadOnlyList<Node> InOrder(IEnumerable<Node> nodes) =>
        [.. nodes.DistinctBy(node => node.Name, StringComparer.Ordinal).OrderBy(node => node.Name, Comparer<string>.Create(ByteText.Compare))];

    private static Node RewriteFile(Node node, Func<BlobId, int?> lengthOf)
    {
        ulong size = 0;
        List<BlobId> kept = [];
        foreach (var blob in node.Content ?? [])
        {
            if (lengthOf(blob) is not { } length) continue;
            kept.Add(blob);
            size += (ulong)length;
        }

        return kept.Count == node.Content?.Count ? node : node with { Content = kept, Size = size };
    }
}
