using System.Buffers.Binary;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Packs;

/// <summary>The header at a pack's end (design.rst, "Pack Format"): one entry a blob in the order of the pack, sealed, then its length. Pure.</summary>
internal static class PackHeader
{
    /// <summary>The length of the header's length.</summary>
    public const int TrailerBytes = 4;

    /// <summary>What an entry takes at most: type, length, uncompressed length, id.</summary>
    public const int MaxEntryBytes = 1 + 4 + 4 + BlobId.Length;

    /// <summary>No header is longer: restic refuses more.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int PlainEntryBytes = 1 + 4 + BlobId.Length;

    // Added to the kind's number when the blob is compressed; since version 2 of the format.
    private const byte Compressed = 2;

    /// <summary>What the header of so many blobs and its length take at most, sealed.</summary>
    public static int MaxSealedBytes(int entries) => (entries * MaxEntryBytes) + Sealer.Overhead + TrailerBytes;

    /// <summary>Writes the entries and returns how many bytes they take.</summary>
    public static int Write(ReadOnlySpan<PackEntry> entries, Span<byte> output)
    {
        var at = 0;
        foreach (var entry in entries)
        {
            var compressed = entry.UncompressedLength != 0;
            output[at++] = (byte)((byte)entry.Kind + (compressed ? Compressed : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(output[at..], entry.Length);
            at += 4;
            if (compressed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(output[at..], entry.UncompressedLength);
                at += 4;
            }

            entry.Id.CopyTo(output[at..]);
            at += BlobId.Length;
        }

        return at;
    }

    /// <summary>Reads the entries. Null: it is no header of a pack that has this many bytes of blobs.</summary>
    public static List<PackEntry>? Read(ReadOnlySpan<byte> header, long blobBytes)
    {
        var entries = new List<PackEntry>(header.Length / PlainEntryBytes);
        var offset = 0L;
        while (!header.IsEmpty)
        {
            var type = header[0];
            if (type > (byte)BlobKind.Tree + Compressed) return null;
            var compressed = type >= Compressed;
            var size = compressed ? MaxEntryBytes : PlainEntryBytes;
            if (header.Length < size) return null;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(header[1..]);
            var uncompressed = compressed ? BinaryPrimitives.ReadUInt32LittleEndian(header[5..]) : 0;
            if (!IsPlausible(length, uncompressed, compressed) || offset + length > blobBytes) return null;
            entries.Add(new((BlobKind)(type & 1), new(header[(size - BlobId.Length)..size]), (uint)offset, length, uncompressed));
            offset += length;
            header = header[size..];
        }

        // Something between the last blob and the header would be a blob that the header has lost.
        return offset == blobBytes ? entries : null;
    }

    /// <summary>Whether a blob can have these lengths. Content is limited to 1 GiB, so that no reader can be made to reserve more.</summary>
    public static bool IsPlausible(uint length, uint uncompressedLength, bool compressed) =>
        length is >= Sealer.Overhead and <= PackedBlobs.MaxContentBytes + Sealer.Overhead && uncompressedLength <= PackedBlobs.MaxContentBytes && (!compressed || uncompressedLength != 0);
}
