using Holdfast.Vault.Compression;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Repository;

/// <summary>Files that are no packs: since version 2 a byte that says how they are compressed, then zstd. Pure.</summary>
internal sealed class UnpackedCodec(MasterKey key, Zstd zstd, int version)
{
    /// <summary>No index, snapshot or lock is longer; an index file of 50 000 blobs has 10 MiB.</summary>
    public const int MaxBytes = 512 * 1024 * 1024;

    private const byte ZstdFormat = 2;

    public byte[] Seal(ReadOnlySpan<byte> plain)
    {
        if (version < 2) return key.Seal(plain);
        // What cannot be compressed takes a few bytes more.
        var buffer = new byte[1 + plain.Length + (plain.Length >> 7) + 512];
        buffer[0] = ZstdFormat;
        var length = zstd.TryCompress(plain, buffer.AsSpan(1));
        return length == 0 ? throw new InvalidOperationException("libzstd needs more room than it says.") : key.Seal(buffer.AsSpan(0, 1 + length));
    }

    /// <summary>What is wrong with the file, or null and its content.</summary>
    public string? Open(ReadOnlySpan<byte> box, out byte[] plain)
    {
        plain = [];
        if (key.Open(box) is not { } inner) return "its seal is broken";
        // Files of version 1 stay as they were when a vault becomes version 2; they are JSON.
        if (version < 2 || inner is [] or [(byte)'{' or (byte)'[', ..])
        {
            plain = inner;
            return null;
        }

        if (inner[0] != ZstdFormat) return $"it is compressed in an unknown way ({inner[0]})";
        if (zstd.TryDecompress(inner.AsSpan(1), MaxBytes) is not { } content) return "it cannot be decompressed";
        plain = content;
        return null;
    }
}
