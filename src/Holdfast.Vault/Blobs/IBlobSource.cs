namespace Holdfast.Vault.Blobs;

/// <summary>Where blobs are read from: a vault, or memory.</summary>
public interface IBlobSource
{
    /// <summary>The length of a blob's content in bytes, without reading it.</summary>
    bool TryGetLength(BlobKind kind, BlobId id, out int length);

    /// <summary>Reads a blob, decrypted, decompressed and compared with its id.</summary>
    /// <exception cref="HoldfastException"><c>blob.missing</c>, <c>blob.damaged</c>, or what the back end says.</exception>
    Task<byte[]> LoadAsync(BlobKind kind, BlobId id, CancellationToken cancellationToken);
}
