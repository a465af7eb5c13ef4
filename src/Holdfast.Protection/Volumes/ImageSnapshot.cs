using Holdfast.Protection.Images;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Volumes;

/// <summary>Snapshots whose one path is the image of a volume.</summary>
public static class ImageSnapshot
{
    /// <summary>The image of a snapshot; null when it is one of files.</summary>
    /// <exception cref="HoldfastException"><c>image.damaged</c>, <c>image.too-new</c>, or what the vault says.</exception>
    public static async Task<StoredImage?> FindAsync(IBlobSource source, Snapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.Facts.Volumes.Count != 1 || snapshot.Paths is not [var path]) return null;
        try
        {
            return await ImagePlace.FindAsync(source, snapshot.Tree, path, cancellationToken);
        }
        catch (HoldfastException files) when (files.Code == "image.not-one")
        {
            return null;
        }
    }
}
