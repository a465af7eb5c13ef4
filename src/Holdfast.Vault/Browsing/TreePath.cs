using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Browsing;

/// <summary>A node and where it is.</summary>
/// <param name="Path">From the root of the snapshot, <c>/srv/a</c>.</param>
/// <param name="Node">The node.</param>
public readonly record struct FoundNode(string Path, Node Node);

/// <summary>Ways through a snapshot's trees.</summary>
public static class TreePath
{
    /// <summary>The node at a path; null for the root itself.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.path-missing</c>.</exception>
    public static async Task<Node?> FindAsync(IBlobSource source, BlobId root, string path, CancellationToken cancellationToken)
    {
        Node? node = null;
        var tree = root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (node is not null) tree = node.Subtree ?? throw Missing(path);
            node = (await Tree.LoadAsync(source, tree, cancellationToken)).Find(name) ?? throw Missing(path);
        }

        return node;
    }

    /// <summary>Everything below a tree, a directory before what is in it, in the order of the trees.</summary>
    /// <param name="source">Where trees are read.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="path">Where it is; empty for the root.</param>
    /// <param name="recursive">Whether directories below it are gone into.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<FoundNode> WalkAsync(IBlobSource source, BlobId tree, string path, bool recursive, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = new Stack<(string Path, IEnumerator<Node> Nodes)>();
        open.Push((path, (await Tree.LoadAsync(source, tree, cancellationToken)).Nodes.GetEnumerator()));
        while (open.TryPeek(out var at))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!at.Nodes.MoveNext())
            {
                open.Pop();
                continue;
            }

            var node = at.Nodes.Current;
            var here = $"{at.Path}/{node.Name}";
            yield return new(here, node);
            if (recursive && node is { Type: NodeType.Directory, Subtree: { } subtree }) open.Push((here, (await Tree.LoadAsync(source, subtree, cancellationToken)).Nodes.GetEnumerator()));
        }
    }

    private static HoldfastException Missing(string path) => new(ErrorKind.NotFound, "snapshot.path-missing", $"The snapshot has no '/{ByteText.ToPrintable(path.Trim('/'))}'.", "See what it has: holdfast ls SNAPSHOT");
}
