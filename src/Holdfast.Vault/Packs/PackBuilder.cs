using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Packs;

/// <summary>A pack that is being filled, in memory. For one thread at a time.</summary>
internal sealed class PackBuilder(byte[] buffer)
{
    /// <summary>A pack that has this many bytes is full.</summary>
    public const int TargetBytes = 16 * 1024 * 1024;

    /// <summary>What a buffer holds: a pack just below its target takes one more blob of the usual size; a larger blob begins the next pack.</summary>
    public const int BufferBytes = TargetBytes + (4 * 1024 * 1024);

    // Of many tiny blobs the header would outgrow them.
    private const int MaxEntries = 32 * 1024;

    private readonly List<PackEntry> _entries = [];
    private int _length;

    public byte[] Buffer => buffer;

    public bool IsEmpty => _entries.Count == 0;

    public bool IsFull => _length >= TargetBytes || _entries.Count >= MaxEntries;

    /// <summary>What a buffer must hold for one blob alone.</summary>
    public static int BytesFor(int boxLength) => boxLength + PackHeader.MaxSealedBytes(1);

    public bool HasRoomFor(int boxLength) => (long)_length + boxLength + PackHeader.MaxSealedBytes(_entries.Count + 1) <= buffer.Length;

    public void Append(BlobKind kind, BlobId id, ReadOnlySpan<byte> box, int uncompressedLength)
    {
        box.CopyTo(buffer.AsSpan(_length));
        _entries.Add(new(kind, id, (uint)_length, (uint)box.Length, (uint)uncompressedLength));
        _length += box.Length;
    }

    /// <summary>Adds the header; what comes back lies in the buffer.</summary>
    public FinishedPack Finish(MasterKey key)
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        var plain = new byte[entries.Length * PackHeader.MaxEntryBytes];
        var headerLength = PackHeader.Write(entries, plain);
        var boxLength = headerLength + Sealer.Overhead;
        key.Seal(plain.AsSpan(0, headerLength), buffer.AsSpan(_length, boxLength));
        _length += boxLength;
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(_length), boxLength);
        _length += PackHeader.TrailerBytes;

        var content = buffer.AsMemory(0, _length);
        var name = BlobId.Of(content.Span);
        return new(name, content, Array.ConvertAll(_entries.ToArray(), entry => entry.In(name)));
    }
}
