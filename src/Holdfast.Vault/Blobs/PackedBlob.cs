namespace Holdfast.Vault.Blobs;

/// <summary>Where a blob is: one entry of an index, or of a pack's header.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Id">The SHA-256 of its content.</param>
/// <param name="Pack">The pack it is in, named by that file's SHA-256.</param>
/// <param name="Offset">Where in the pack it begins.</param>
/// <param name="Length">What it takes there in bytes: encrypted, compressed or not.</param>
/// <param name="UncompressedLength">The length of its content in bytes when it is compressed, 0 when it is not (format version 1, or version 2 where it did not help).</param>
public readonly record struct PackedBlob(BlobKind Kind, BlobId Id, BlobId Pack, uint Offset, uint Length, uint UncompressedLength)
{
    /// <summary>What encryption adds to a blob in bytes: a 16-byte nonce before it and a 16-byte tag after it.</summary>
    public const int SealBytes = 32;

    /// <summary>Gets whether it is stored compressed.</summary>
    public bool IsCompressed => UncompressedLength != 0;

    /// <summary>Gets the length of its content in bytes.</summary>
    public int ContentLength => (int)(IsCompressed ? UncompressedLength : Length - SealBytes);
}
