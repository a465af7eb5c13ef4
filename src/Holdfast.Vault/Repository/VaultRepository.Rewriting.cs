using Holdfast.Vault.Blobs;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Repository;

/// <content>What prune, check and repair need beside what everybody may do.</content>
public sealed partial class VaultRepository
{
    /// <summary>A writer that stores blobs though the vault has them already: elsewhere, in packs that are about to go.</summary>
    internal BlobRewriter Rewrite(VaultOptions options) => new(this, _key, _blobs, options);

    /// <summary>Opens a blob that was read already; what is wrong with it, or null.</summary>
    internal string? TryOpen(in PackedBlob blob, ReadOnlySpan<byte> box, Span<byte> content) => _blobs.Open(blob, box, content);

    /// <summary>Reads the header of a pack that was read already.</summary>
    internal Task<IReadOnlyList<PackedBlob>> ReadPackHeaderAsync(BlobId pack, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        new PackReader(new PackInMemory(Backend.Location, content), _key, _blobs).ReadHeaderAsync(pack, content.Length, cancellationToken);
}
