using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Indexes;

/// <summary>What an index file says.</summary>
internal sealed class IndexContents
{
    /// <summary>Gets the index files that this one was written to replace.</summary>
    public List<string> Supersedes { get; } = [];

    /// <summary>Gets the packs it lists.</summary>
    public List<BlobId> Packs { get; } = [];

    /// <summary>Gets their blobs.</summary>
    public List<PackedBlob> Blobs { get; } = [];
}
