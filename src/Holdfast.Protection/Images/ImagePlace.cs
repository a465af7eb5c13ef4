using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Images;

/// <summary>Where an image is within a snapshot: at the path of the volume, as any file would be.</summary>
public static class ImagePlace
{
    /// <summary>Writes the directories above an image; the root of the snapshot.</summary>
    /// <param name="sink">The vault.</param>
    /// <param name="path">The absolute path of the device or image file.</param>
    /// <param name="image">The tree of the image.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<BlobId> SaveAsync(IBlobSink sink, string path, BlobId image, CancellationToken cancellationToken)
    {
        var tree = image;
        foreach (var name in Parts(path).Reverse()) tree = (await ImageTrees.SaveParentAsync(sink, name, tree, cancellationToken)).Id;
        await sink.FlushAsync(cancellationToken);
        return tree;
    }

    /// <summary>The image at a path of a snapshot; null when there is nothing of that name.</summary>
    /// <exception cref="HoldfastException"><c>image.not-one</c>, <c>image.damaged</c>, <c>image.too-new</c>.</exception>
    public static async Task<StoredImage?> FindAsync(IBlobSource source, BlobId root, string path, CancellationToken cancellationToken)
    {
        var tree = root;
        foreach (var name in Parts(path))
        {
            if ((await Tree.LoadAsync(source, tree, cancellationToken)).Find(name)?.Subtree is not { } next) return null;
            tree = next;
        }

        return await StoredImage.OpenAsync(source, tree, cancellationToken);
    }

    private static IEnumerable<string> Parts(string path) => Path.GetFullPath(path).Split('/', StringSplitOptions.RemoveEmptyEntries);
}
