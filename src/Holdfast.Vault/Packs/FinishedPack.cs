using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Packs;

/// <summary>A pack as it is written.</summary>
internal readonly record struct FinishedPack(BlobId Name, ReadOnlyMemory<byte> Content, PackedBlob[] Blobs);
