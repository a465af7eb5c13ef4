using Holdfast.Protection.ChangedBlocks;
using Holdfast.Protection.Images;
using Holdfast.Protection.Ranges;
using Holdfast.Protection.VolumeSnapshots;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Volumes;

/// <summary>What a backup of a volume did. The snapshot record is the caller's to write; then <see cref="Commit"/>.</summary>
public sealed record VolumeBackupResult
{
    /// <summary>Gets the tree of the image's directory.</summary>
    public required BlobId Tree { get; init; }

    /// <summary>Gets what its <c>image.json</c> says.</summary>
    public required ImageInfo Info { get; init; }

    /// <summary>Gets what the image's backup counted; null when the volume was not written since the parent and nothing was done.</summary>
    public ImageBackupResult? Image { get; init; }

    /// <summary>Gets how much of the volume is neither a hole nor known to be free, in bytes; null when nothing was done.</summary>
    public long? UsedBytes { get; init; }

    /// <summary>Gets how the state was held while it was read.</summary>
    public required SnapshotKind HeldBy { get; init; }

    /// <summary>Gets why the map of changed blocks was not used; null when it was.</summary>
    public string? MapReason { get; init; }

    /// <summary>Gets where the map was wrong. Not empty is an error event: the file system or what is below it lies.</summary>
    public RangeSet Mismatches => Image?.Mismatches ?? RangeSet.Empty;

    internal string? SupersededState { get; init; }

    /// <summary>Gives up what only the parent needed. After the snapshot is recorded, and not before: until then the next backup continues the parent.</summary>
    public void Commit()
    {
        if (SupersededState is { } state) Reflink.Remove(state);
    }
}
