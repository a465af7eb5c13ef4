using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>What is known of a directory's entries: from the run that is resumed, else from the snapshot before.</summary>
/// <param name="id">The tree of the snapshot before.</param>
/// <param name="parent">What is in it.</param>
/// <param name="resumed">What the run that is resumed had found.</param>
internal sealed class PreviousDirectory(BlobId? id, Tree? parent, IReadOnlyDictionary<string, Node>? resumed)
{
    public static PreviousDirectory None { get; } = new(null, null, null);

    public Node? Find(string name) => resumed is not null && resumed.TryGetValue(name, out var node) ? node : parent?.Find(name);

    /// <summary>What the snapshot before has, whatever a run that is resumed had found.</summary>
    public Node? FindInParent(string name) => parent?.Find(name);

    /// <summary>The trees of the next directories after that name, in the order in which the walk comes to them; from the first on when there is none.</summary>
    public IEnumerable<BlobId> SubtreesAfter(string? name, int count) => parent is null ? []
        : parent.Nodes.Skip(name is null ? 0 : parent.IndexAfter(name)).Select(node => node.Subtree).OfType<BlobId>().Take(count);

    /// <summary>The tree of the snapshot before, if it has just these entries and all that is known of them.</summary>
    public BlobId? SameTree(List<Node> entries) => parent is not null && parent.Nodes.Count == entries.Count && !entries.Where((entry, at) => !entry.IsSame(parent.Nodes[at])).Any() ? id : null;
}
