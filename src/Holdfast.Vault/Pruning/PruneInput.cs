using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>What a prune is planned from.</summary>
public sealed record PruneInput
{
    /// <summary>Gets every blob that a snapshot needs.</summary>
    public required IReadOnlySet<BlobHandle> Used { get; init; }

    /// <summary>Gets the entries of all indexes, the same one at most once. It is gone through several times.</summary>
    public required IEnumerable<PackedBlob> Index { get; init; }

    /// <summary>Gets the packs that are there, with their lengths in bytes.</summary>
    public required IReadOnlyDictionary<BlobId, long> Packs { get; init; }

    /// <summary>Gets the version of the format, 1 or 2.</summary>
    public required int Version { get; init; }

    /// <summary>Gets the length that packs are written with. The default is 16 MiB.</summary>
    public long TargetPackSize { get; init; } = 16 << 20;
}
