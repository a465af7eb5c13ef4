using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>What a pack takes beside its blobs (design.rst of restic, "Pack Format").</summary>
internal static class PackSize
{
    /// <summary>The length of the header in four bytes, and what sealing the header adds.</summary>
    public const int HeaderOverhead = 4 + PackedBlob.SealBytes;

    private const int PlainEntry = 1 + 4 + BlobId.Length;
    private const int CompressedEntry = PlainEntry + 4;

    /// <summary>What a blob's entry in the header takes.</summary>
    public static int EntryOverhead(PackedBlob blob) => blob.IsCompressed ? CompressedEntry : PlainEntry;

    /// <summary>The length of a pack with these blobs and no others.</summary>
    public static long Of(IEnumerable<PackedBlob> blobs) => HeaderOverhead + blobs.Sum(blob => (long)blob.Length + EntryOverhead(blob));
}
