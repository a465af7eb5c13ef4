using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>What is used of one pack.</summary>
internal sealed class PackUsage
{
    private BlobKind? _kind;

    public long UsedBlobs { get; private set; }

    public long UnusedBlobs { get; private set; }

    /// <summary>Gets the used bytes; the pack's header counts as used.</summary>
    public long UsedBytes { get; private set; } = PackSize.HeaderOverhead;

    public long UnusedBytes { get; private set; }

    public bool HasUncompressed { get; private set; }

    /// <summary>Gets whether data and trees are mixed in it, as old versions of restic did.</summary>
    public bool IsMixed { get; private set; }

    public bool IsData => _kind == BlobKind.Data && !IsMixed;

    public bool IsTree => _kind == BlobKind.Tree && !IsMixed;

    public long Bytes => UsedBytes + UnusedBytes;

    public BlobTotal Total => new(UsedBlobs + UnusedBlobs, Bytes);

    public BlobTotal Unused => new(UnusedBlobs, UnusedBytes);

    /// <summary>Notes a blob of the pack, used or not being decided elsewhere.</summary>
    public void Note(PackedBlob blob)
    {
        UsedBytes += PackSize.EntryOverhead(blob);
        if (!blob.IsCompressed) HasUncompressed = true;
        IsMixed |= _kind is { } kind && kind != blob.Kind;
        _kind ??= blob.Kind;
    }

    public void Use(PackedBlob blob)
    {
        UsedBlobs++;
        UsedBytes += blob.Length;
    }

    public void Waste(PackedBlob blob)
    {
        UnusedBlobs++;
        UnusedBytes += blob.Length;
    }
}
