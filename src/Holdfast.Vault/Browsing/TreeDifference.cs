using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Browsing;

/// <summary>How a path differs between two snapshots; the letters are restic's.</summary>
public enum DifferenceKind
{
    /// <summary><c>+</c>: only in the second.</summary>
    Added,

    /// <summary><c>-</c>: only in the first.</summary>
    Removed,

    /// <summary><c>M</c>: another content.</summary>
    Modified,

    /// <summary><c>T</c>: another type.</summary>
    Type,

    /// <summary><c>U</c>: other metadata; only asked for by <c>--metadata</c>.</summary>
    Metadata,
}

/// <summary>A path that differs.</summary>
public readonly record struct Difference(DifferenceKind Kind, string Path, Node? Before, Node? After);

/// <summary>Compares two trees. Directories that are the same tree are not gone into.</summary>
public static class TreeDifference
{
    /// <summary>The differences, in the order of the paths' bytes.</summary>
    public static async IAsyncEnumerable<Difference> CompareAsync(IBlobSource source, BlobId before, BlobId after, string path, bool metadata, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (before == after) yield break;
        var (first, second) = ((await Tree.LoadAsync(source, before, cancellationToken)).Nodes, (await Tree.LoadAsync(source, after, cancellationToken)).Nodes);
        for (int i = 0, j = 0; i < first.Count || j < second.Count;)
        {
            var order = i == first.Count ? 1 : j == second.Count ? -1 : ByteText.Compare(first[i].Name, second[j].Name);
            var (old, now) = (order <= 0 ? first[i++] : null, order >= 0 ? second[j++] : null);
            var here = $"{path}/{(old ?? now)!.Name}";
            if (old is null || now is null)
            {
                await foreach (var one in WholeAsync(source, (old ?? now)!, here, old is null ? DifferenceKind.Added : DifferenceKind.Removed, cancellationToken)) yield return one;
                continue;
            }

            if (KindOf(old, now, metadata) is { } kind) yield return new(kind, here, old, now);
            if (old.Subtree is { } oldTree && now.Subtree is { } newTree)
            {
                await foreach (var inner in CompareAsync(source, oldTree, newTree, here, metadata, cancellationToken)) yield return inner;
            }
        }
    }

    private static DifferenceKind? KindOf(Node old, Node now, bool metadata)
    {
        if (old.Type != now.Type) return DifferenceKind.Type;
        if (old.Type == NodeType.File && !(old.Content ?? []).SequenceEqual(now.Content ?? [])) return DifferenceKind.Modified;
        return metadata && !SameMetadata(old, now) ? DifferenceKind.Metadata : null;
    }

    private static bool SameMetadata(Node a, Node b) =>
        a.Mode == b.Mode && a.Uid == b.Uid && a.Gid == b.Gid && a.User == b.User && a.Group == b.Group && a.ModifiedAt.IsSameInstant(b.ModifiedAt) && a.LinkTarget == b.LinkTarget && a.Device == b.Device
        && a.ExtendedAttributes.Count == b.ExtendedAttributes.Count && a.ExtendedAttributes.Zip(b.ExtendedAttributes).All(pair => pair.First.Name == pair.Second.Name && (pair.First.Value ?? []).AsSpan().SequenceEqual(pair.Second.Value));

    private static async IAsyncEnumerable<Difference> WholeAsync(IBlobSource source, Node node, string path, DifferenceKind kind, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Of(path, node);
        if (node.Subtree is not { } tree) yield break;
        await foreach (var (inner, below) in TreePath.WalkAsync(source, tree, path, recursive: true, cancellationToken)) yield return Of(inner, below);

        Difference Of(string at, Node one) => kind == DifferenceKind.Added ? new(kind, at, null, one) : new(kind, at, one, null);
    }
}
