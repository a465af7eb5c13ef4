using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Repairing;

/// <summary>What a repair of the index would change.</summary>
/// <param name="Packs">What the new index lists: the blobs of each pack.</param>
/// <param name="Read">The packs whose headers were read, since no index listed them or listed them wrong.</param>
/// <param name="Lost">The packs that an index lists and that are gone.</param>
/// <param name="Unreadable">The packs whose headers cannot be read; they stay where they are.</param>
/// <param name="Damaged">The index files that cannot be read.</param>
public sealed record IndexRepairPlan(
    IReadOnlyList<IReadOnlyList<PackedBlob>> Packs,
    IReadOnlyList<BlobId> Read,
    IReadOnlyList<BlobId> Lost,
    IReadOnlyList<UnreadablePack> Unreadable,
    IReadOnlyList<VaultFile> Damaged)
{
    internal IReadOnlyList<VaultFile> OldFiles { get; init; } = [];

    /// <summary>Gets whether there is nothing to repair.</summary>
    public bool IsClean => Read.Count + Lost.Count + Damaged.Count + Unreadable.Sum(pack => pack.Forgotten) == 0;
}

/// <summary>A pack whose header cannot be read. What an index says of it is all that leads to its blobs, so that stays: <see cref="PackSalvage"/> finds what of it is whole.</summary>
/// <param name="Pack">The pack.</param>
/// <param name="Reason">Why it cannot be read.</param>
/// <param name="Kept">How many of its blobs stay listed.</param>
/// <param name="Forgotten">How many were listed that lie beyond the pack's end.</param>
public sealed record UnreadablePack(BlobId Pack, string Reason, int Kept, int Forgotten);
