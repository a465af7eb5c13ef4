using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Restores;

/// <summary>Where a blob's content goes.</summary>
internal readonly record struct Place(RestoredFile File, long Offset, PackedBlob Blob);
