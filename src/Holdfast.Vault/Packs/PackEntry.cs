using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Packs;

/// <summary>A blob in a pack that has no name yet.</summary>
internal readonly record struct PackEntry(BlobKind Kind, BlobId Id, uint Offset, uint Length, uint UncompressedLength)
{
    public PackedBlob In(BlobId pack) => new(Kind, Id, pack, Offset, Length, UncompressedLength);
}
