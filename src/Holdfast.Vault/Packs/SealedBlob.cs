using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Packs;

/// <summary>A sealed blob in lent memory.</summary>
internal readonly struct SealedBlob(byte[] buffer, int length, int uncompressedLength)
{
    public ReadOnlySpan<byte> Box => buffer.AsSpan(0, length);

    public int Length => length;

    public int UncompressedLength => uncompressedLength;

    public void Return() => BlobMemory.ReturnTrimmed(buffer);
}
