using Holdfast.Protection.Ranges;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>What a backup of an image did.</summary>
public sealed record ImageBackupResult
{
    /// <summary>Gets the tree of the image's directory.</summary>
    public required BlobId Tree { get; init; }

    /// <summary>Gets what its <c>image.json</c> says.</summary>
    public required ImageInfo Info { get; init; }

    /// <summary>Gets how many bytes were read.</summary>
    public required long ReadBytes { get; init; }

    /// <summary>Gets how many bytes were new to the vault, before compression.</summary>
    public required long NewBytes { get; init; }

    /// <summary>Gets how many bytes the vault grew by, without its indexes.</summary>
    public required long AddedBytes { get; init; }

    /// <summary>Gets how many bytes were taken from the parent without reading them.</summary>
    public required long KeptBytes { get; init; }

    /// <summary>Gets how many bytes are zero without having been read.</summary>
    public required long ZeroBytes { get; init; }

    /// <summary>Gets where the map of changed blocks was wrong: said to be unchanged, read, and different. Empty when nothing was compared.</summary>
    public required RangeSet Mismatches { get; init; }
}
