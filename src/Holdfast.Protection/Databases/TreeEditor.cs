using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases;

/// <summary>Adds to a tree what was no file when it was saved.</summary>
internal static class TreeEditor
{
    /// <summary>The tree with nodes put into it, in place of those that have their names. In one go: what is saved can be read only after a flush.</summary>
    /// <param name="source">Where trees are read.</param>
    /// <param name="sink">Where the changed ones are saved.</param>
    /// <param name="root">The tree.</param>
    /// <param name="additions">The folder in it that they go into, such as <c>data/global</c>, which must be there (empty for the root), and the nodes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<BlobId> PutAsync(IBlobSource source, IBlobSink sink, BlobId root, IReadOnlyList<(string Folder, Node Node)> additions, CancellationToken cancellationToken)
    {
        var nodes = new Dictionary<string, Node>(StringComparer.Ordinal);
        foreach (var node in (await Tree.LoadAsync(source, root, cancellationToken)).Nodes) nodes[node.Name] = node;
        foreach (var (_, node) in additions.Where(addition => addition.Folder.Length == 0)) nodes[node.Name] = node;
        foreach (var below in additions.Where(addition => addition.Folder.Length > 0).GroupBy(addition => addition.Folder.Split('/')[0]))
        {
            if (nodes.GetValueOrDefault(below.Key) is not { Subtree: { } subtree } folder) throw new InvalidOperationException($"There is no folder '{below.Key}' in the tree {root}.");
            List<(string, Node)> inside = [.. below.Select(addition => (addition.Folder.Length == below.Key.Length ? "" : addition.Folder[(below.Key.Length + 1)..], addition.Node))];
            nodes[below.Key] = folder with { Subtree = await PutAsync(source, sink, subtree, inside, cancellationToken) };
        }

        return (await new Tree([.. nodes.Values.OrderBy(node => node.Name, Comparer<string>.Create(ByteText.Compare))]).SaveAsync(sink, cancellationToken)).Id;
    }

    /// <summary>A file whose content is at hand.</summary>
    public static async Task<Node> FileAsync(IBlobSink sink, Node like, string name, ReadOnlyMemory<byte> content, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var saved = content.IsEmpty ? default : await sink.SaveAsync(BlobKind.Data, content, cancellationToken);
        return Like(like, name, NodeType.File, 0x8180, at) with { Size = (ulong)content.Length, Content = content.IsEmpty ? [] : [saved.Id], Links = 1 }; // -rw-------
    }

    /// <summary>A folder.</summary>
    public static Node Folder(Node like, string name, BlobId subtree, DateTimeOffset at) => Like(like, name, NodeType.Directory, 0x41C0, at) with { Subtree = subtree }; // drwx------

    private static Node Like(Node like, string name, NodeType type, uint mode, DateTimeOffset at)
    {
        var time = NodeTime.In(TimeZoneInfo.Utc, at.ToUnixTimeSeconds(), 0);
        return new() { Name = name, Type = type, Mode = NodeMode.FromLinux(mode), ModifiedAt = time, AccessedAt = time, ChangedAt = time, Uid = like.Uid, Gid = like.Gid, User = like.User, Group = like.Group };
    }
}
