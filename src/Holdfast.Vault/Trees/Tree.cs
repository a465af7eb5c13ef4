using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Trees;

/// <summary>A directory: its nodes in the order of their names' bytes.</summary>
public sealed record Tree(IReadOnlyList<Node> Nodes)
{
    /// <summary>A directory with nothing in it.</summary>
    public static Tree Empty { get; } = new([]);

    /// <summary>Loads a tree.</summary>
    /// <exception cref="HoldfastException"><c>tree.damaged</c>, or what the source says.</exception>
    public static async Task<Tree> LoadAsync(IBlobSource source, BlobId id, CancellationToken cancellationToken) =>
        TreeJson.Parse(await source.LoadAsync(BlobKind.Tree, id, cancellationToken), id);

    /// <summary>Stores the tree.</summary>
    public async ValueTask<SavedBlob> SaveAsync(IBlobSink sink, CancellationToken cancellationToken)
    {
        using var text = TreeJson.Write(Nodes);
        return await sink.SaveAsync(BlobKind.Tree, text.Written, cancellationToken);
    }

    /// <summary>The node of that name, or null.</summary>
    public Node? Find(string name)
    {
        var after = IndexAfter(name);
        return after > 0 && Nodes[after - 1].Name == name ? Nodes[after - 1] : null;
    }

    /// <summary>How many nodes have that name or one before it.</summary>
    public int IndexAfter(string name)
    {
        int low = 0, high = Nodes.Count - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (ByteText.Compare(Nodes[middle].Name, name) <= 0) low = middle + 1;
            else high = middle - 1;
        }

        return low;
    }
}
