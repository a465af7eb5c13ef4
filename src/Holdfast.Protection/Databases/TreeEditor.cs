using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases;

/// <summary>Adds to a tree what was no file when it was saved.</summary>
internal static class TreeEditor
{
    /// <summary>The tree with nodes put into it, in place of those that have their names.</summary>
    /// <param name="source">Where trees are read.</param>
    /// <param name="sink">Where the changed ones are saved.</param>
    /// <param name="root">The tree.</param>
    /// <param name="folder">The folder in it that they go into, such as <c>data/global</c>; it must be there. Empty for the root.</param>
    /// <param name="nodes">The nodes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BlobId> PutAsync(IBlobSource source, IBlobSink sink, BlobId root, string folder, IReadOnlyList<Node> nodes, CancellationToken cancellationToken)
    {
        var tree = await Tree.LoadAsync(source, root, cancellationToken);
        if (folder.Length == 0)
        {
            var names = nodes.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
            return await SaveAsync(sink, tree.Nodes.Where(node => !names.Contains(node.Name)).Concat(nodes), cancellationToken);
        }

        var slash = folder.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? folder : folder[..slash];
        var directory = tree.Find(name) is { Subtree: not null } found ? found : throw new InvalidOperationException($"There is no folder '{name}' in the tree {root}.");
        var below = await PutAsync(source, sink, directory.Subtree!.Value, slash < 0 ? "" : folder[(slash + 1)..], nodes, cancellationToken);
        return await SaveAsync(sink, tree.Nodes.Select(node => node.Name == name ? node with { Subtree = below } : node), cancellationToken);
    }

    /// <summary>A file whose content is at hand.</summary>
    public static async Task<Node> FileAsync(IBlobSink sink, Node like, string name, ReadOnlyMemory<byte> content, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var saved = content.IsEmpty ? default : await sink.SaveAsync(BlobKind.Data, content, cancellationToken);
        return Like(like, name, NodeType.File, 0x8180, at) with { Size = (ulong)content.Length, Content = content.IsEmpty ? [] : [saved.Id], Links = 1 }; // -rw-------
    }

    /// <summary>A folder.</summary>
    public static Node Folder(Node like, string name, BlobId subtree, DateTimeOffset at) => Like(like, name, NodeType.Directory, 0x41C0, at) with { Subtree = subtree }; // drwx------

    private static async Task<BlobId> SaveAsync(IBlobSink sink, IEnumerable<Node> nodes, CancellationToken cancellationToken) =>
        (await new Tree([.. nodes.OrderBy(node => node.Name, Comparer<string>.Create(ByteText.Compare))]).SaveAsync(sink, cancellationToken)).Id;

    private static Node Like(Node like, string name, NodeType type, uint mode, DateTimeOffset at)
    {
        var time = NodeTime.In(TimeZoneInfo.Utc, at.ToUnixTimeSeconds(), 0);
        return new() { Name = name, Type = type, Mode = NodeMode.FromLinux(mode), ModifiedAt = time, AccessedAt = time, ChangedAt = time, Uid = like.Uid, Gid = like.Gid, User = like.User, Group = like.Group };
    }
}
