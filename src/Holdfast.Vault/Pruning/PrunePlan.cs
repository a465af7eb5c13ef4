using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>What a prune does, in this order: remove <see cref="Unreferenced"/>, repack, write an index without <see cref="Obsolete"/>, remove those packs.</summary>
public sealed record PrunePlan
{
    /// <summary>Gets the packs that no index lists.</summary>
    public required IReadOnlySet<BlobId> Unreferenced { get; init; }

    /// <summary>Gets the packs of which nothing is used.</summary>
    public required IReadOnlySet<BlobId> Remove { get; init; }

    /// <summary>Gets the packs whose used blobs are written anew, after which they are removed.</summary>
    public required IReadOnlySet<BlobId> Repack { get; init; }

    /// <summary>Gets the packs that are missing already, and of which nothing is used: an index must not list them any more.</summary>
    public required IReadOnlySet<BlobId> Forget { get; init; }

    /// <summary>Gets the blobs to take from <see cref="Repack"/>: used, and in no pack that stays. Each is taken once.</summary>
    public required IReadOnlySet<BlobHandle> Keep { get; init; }

    public required PruneStatistics Statistics { get; init; }

    /// <summary>Gets the packs that the new index leaves out.</summary>
    public IEnumerable<BlobId> Obsolete => Remove.Concat(Repack).Concat(Forget);

    /// <summary>Gets whether the index changes.</summary>
    public bool ChangesIndex => Remove.Count + Repack.Count + Forget.Count > 0;
}
