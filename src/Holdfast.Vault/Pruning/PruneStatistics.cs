namespace Holdfast.Vault.Pruning;

/// <summary>A number of blobs and what they take.</summary>
public readonly record struct BlobTotal(long Blobs, long Bytes)
{
    public static BlobTotal operator +(BlobTotal a, BlobTotal b) => new(a.Blobs + b.Blobs, a.Bytes + b.Bytes);

    public static BlobTotal operator -(BlobTotal a, BlobTotal b) => new(a.Blobs - b.Blobs, a.Bytes - b.Bytes);
}

/// <summary>What a prune plan finds and does, for its preview.</summary>
public sealed record PruneStatistics
{
    public BlobTotal Used { get; init; }

    /// <summary>Gets further copies of used blobs.</summary>
    public BlobTotal Duplicate { get; init; }

    public BlobTotal Unused { get; init; }

    /// <summary>Gets the bytes of packs that no index lists: what an interrupted backup or prune left.</summary>
    public long UnreferencedBytes { get; init; }

    /// <summary>Gets what goes with whole packs.</summary>
    public BlobTotal Remove { get; init; }

    /// <summary>Gets what is in the packs that are written anew.</summary>
    public BlobTotal Repack { get; init; }

    /// <summary>Gets what of that is left out.</summary>
    public BlobTotal RepackRemove { get; init; }

    public int PacksKept { get; init; }

    public int PacksRepacked { get; init; }

    public int PacksRemoved { get; init; }

    public int PacksUnreferenced { get; init; }

    /// <summary>Gets the bytes the vault gets smaller by.</summary>
    public long Freed => Remove.Bytes + RepackRemove.Bytes + UnreferencedBytes;

    /// <summary>Gets the unused bytes that stay.</summary>
    public long UnusedAfter => Duplicate.Bytes + Unused.Bytes - Remove.Bytes - RepackRemove.Bytes;
}
