using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Repairing;

/// <summary>What a repair of the index would change.</summary>
/// <param name="Packs">What the new index lists: the blobs of each pack.</param>
/// <param name="Read">The packs whose headers were read, since no index listed them or listed them wrong.</param>
/// <param name="Lost">The packs that an index lists and that are gone.</param>
/// <param name="Unreadable">The packs whose headers cannot be read, with the reason; the new index leaves them out, and they stay where they are.</param>
/// <param name="Damaged">The index files that cannot be read.</param>
public sealed record IndexRepairPlan(
    IReadOnlyList<IReadOnlyList<PackedBlob>> Packs,
    IReadOnlyList<BlobId> Read,
    IReadOnlyList<BlobId> Lost,
    IReadOnlyList<(BlobId Pack, string Reason)> Unreadable,
    IReadOnlyList<VaultFile> Damaged)
{
    internal IReadOnlyList<VaultFile> OldFiles { get; init; } = [];

    /// <summary>Gets whether there is nothing to repair.</summary>
    public bool IsClean => Read.Count + Lost.Count + Damaged.Count == 0;
}
