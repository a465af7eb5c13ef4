using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>A prune that was planned and can be carried out.</summary>
public sealed class PreparedPrune
{
    internal PreparedPrune(PrunePlan plan, IReadOnlyDictionary<BlobId, long> packs, VaultGlance glance) => (Plan, Packs, Glance) = (plan, packs, glance);

    /// <summary>Gets what will be done.</summary>
    public PrunePlan Plan { get; }

    internal IReadOnlyDictionary<BlobId, long> Packs { get; }

    internal VaultGlance Glance { get; }
}
