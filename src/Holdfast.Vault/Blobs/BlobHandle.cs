namespace Holdfast.Vault.Blobs;

/// <summary>A blob wherever it is: data and trees have ids of their own.</summary>
public readonly record struct BlobHandle(BlobKind Kind, BlobId Id);
