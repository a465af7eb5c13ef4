using Holdfast.Protection.Images;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Volumes;

/// <summary>Restores the image of a volume to a device or a file.</summary>
/// <param name="source">The vault.</param>
public sealed class VolumeRestore(IBlobSource source)
{
    /// <summary>Restores; interrupted, it is simply run again, since what is right already is neither fetched nor written.</summary>
    /// <param name="image">The image.</param>
    /// <param name="target">A device, which must not be in use, or a file, which is made when it is missing.</param>
    /// <param name="verify">Whether the target is read again afterwards and compared.</param>
    /// <param name="progress">Who is told of progress; null for nobody.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HoldfastException"><c>volume.in-use</c>, <c>volume.too-small</c>, <c>volume.unwritable</c>, <c>restore.differs</c>, <c>blob.*</c>, <c>image.damaged</c>.</exception>
    public async Task<ImageRestoreResult> RunAsync(StoredImage image, string target, bool verify, IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        using var to = VolumeTarget.Open(target, image.Layout.Length);
        var restore = new ImageRestore(image, source);
        var result = await restore.RunAsync(to, progress, cancellationToken);
        if (verify) await restore.VerifyAsync(to, cancellationToken);
        return result;
    }
}
