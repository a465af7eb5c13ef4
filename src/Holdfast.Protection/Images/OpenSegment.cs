using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>A segment that is being put together.</summary>
internal sealed class OpenSegment(int index, BlobId[] blobs, BlobId[] before)
{
    /// <summary>How many of its stretches are not stored yet.</summary>
    public int Left;

    public int Index { get; } = index;

    /// <summary>Gets its blobs, none where it is zero. Workers write each to their own places.</summary>
    public BlobId[] Blobs { get; } = blobs;

    /// <summary>Gets what they were in the parent.</summary>
    public BlobId[] Before { get; } = before;
}
