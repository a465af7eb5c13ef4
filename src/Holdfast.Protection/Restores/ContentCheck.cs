using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Restores;

/// <summary>Compares files with blobs, by hash.</summary>
internal static class ContentCheck
{
    /// <summary>Whether a file has a blob's content at a place.</summary>
    public static bool Has(Descriptor file, long offset, PackedBlob blob, byte[] buffer)
    {
        var length = blob.ContentLength;
        for (var filled = 0; filled < length;)
        {
            var read = file.Read(buffer.AsSpan(filled, length - filled), offset + filled);
            if (read == 0) return false;
            filled += read;
        }

        return BlobId.Of(buffer.AsSpan(0, length)) == blob.Id;
    }
}
