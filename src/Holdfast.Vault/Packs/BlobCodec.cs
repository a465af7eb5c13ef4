using Holdfast.Vault.Blobs;
using Holdfast.Vault.Compression;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Packs;

/// <summary>Blobs as packs have them: compressed if that helps, and sealed. Thread safe.</summary>
internal sealed class BlobCodec(MasterKey key, Zstd zstd, bool compressData, bool compressTrees)
{
    /// <summary>Compresses and seals. The box is lent: <see cref="SealedBlob.Return"/>.</summary>
    public SealedBlob Seal(BlobKind kind, ReadOnlySpan<byte> content)
    {
        var buffer = BlobMemory.Rent(content.Length + Sealer.Overhead);
        // Compressed into the place where the box will have it, and encrypted there.
        var inner = buffer.AsSpan(Sealer.NonceBytes, content.Length);
        var compress = kind == BlobKind.Tree ? compressTrees : compressData;
        // A box that would be no shorter is not worth opening later.
        var compressed = compress && content.Length > 1 ? zstd.TryCompress(content, inner[..^1]) : 0;
        var length = compressed == 0 ? content.Length : compressed;
        key.Seal(compressed == 0 ? content : inner[..compressed], buffer.AsSpan(0, length + Sealer.Overhead));
        return new(buffer, length + Sealer.Overhead, compressed == 0 ? 0 : content.Length);
    }

    /// <summary>Opens a box into memory of <see cref="PackedBlob.ContentLength"/> bytes; what is wrong with it, or null.</summary>
    public string? Open(in PackedBlob blob, ReadOnlySpan<byte> box, Span<byte> content)
    {
        if (!blob.IsCompressed)
        {
            if (!key.TryOpen(box, content)) return NotSealed;
        }
        else
        {
            var buffer = BlobMemory.Rent(box.Length);
            try
            {
                var plain = buffer.AsSpan(0, box.Length - Sealer.Overhead);
                if (!key.TryOpen(box, plain)) return NotSealed;
                if (!zstd.TryDecompress(plain, content)) return "it cannot be decompressed to the length that the index says";
            }
            finally
            {
                BlobMemory.Return(buffer);
            }
        }

        return BlobId.Of(content) == blob.Id ? null : "its content is another's";
    }

    private const string NotSealed = "its seal is broken";
}
