using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Indexes;

/// <summary>A multimap from blobs to places, 64 bytes and a bucket each: a vault may have many millions. Not thread safe.</summary>
internal sealed class BlobTable
{
    // Entries lie in pages, so that growing copies nothing and leaves no holes in the large object heap.
    private const int PageBits = 14;
    private const int PageEntries = 1 << PageBits;
    private const uint TreeBit = 1u << 31;

    private readonly List<Entry[]> _pages = [];
    private int[] _buckets = new int[1024];

    public int Count { get; private set; }

    public PackedBlob this[int at]
    {
        get
        {
            ref var entry = ref At(at);
            return new((entry.PackAndKind & TreeBit) != 0 ? BlobKind.Tree : BlobKind.Data, entry.Id, default, entry.Offset, entry.Length, entry.UncompressedLength);
        }
    }

    public int PackOf(int at) => (int)(At(at).PackAndKind & ~TreeBit);

    /// <summary>The first place of a blob, or -1; <see cref="Next"/> gives the others.</summary>
    public int Find(BlobKind kind, BlobId id) => Matching(_buckets[BucketOf(id)] - 1, kind, id);

    /// <summary>The next place of the same blob, or -1.</summary>
    public int Next(int at)
    {
        ref var entry = ref At(at);
        return Matching(entry.Next - 1, (entry.PackAndKind & TreeBit) != 0 ? BlobKind.Tree : BlobKind.Data, entry.Id);
    }

    public void Add(in PackedBlob blob, int pack)
    {
        if (Count == _buckets.Length) Grow();
        if (Count >> PageBits == _pages.Count) _pages.Add(new Entry[PageEntries]);
        ref var bucket = ref _buckets[BucketOf(blob.Id)];
        At(Count) = new Entry
        {
            Id = blob.Id,
            PackAndKind = (uint)pack | (blob.Kind == BlobKind.Tree ? TreeBit : 0),
            Offset = blob.Offset,
            Length = blob.Length,
            UncompressedLength = blob.UncompressedLength,
            Next = bucket,
        };
        bucket = ++Count; // One more than the place, so that a new array means "none".
    }

    private int Matching(int at, BlobKind kind, BlobId id)
    {
        while (at >= 0)
        {
            ref var entry = ref At(at);
            if (entry.Id == id && (entry.PackAndKind & TreeBit) != 0 == (kind == BlobKind.Tree)) return at;
            at = entry.Next - 1;
        }

        return -1;
    }

    private void Grow()
    {
        _buckets = new int[_buckets.Length * 2];
        for (var at = 0; at < Count; at++)
        {
            ref var entry = ref At(at);
            ref var bucket = ref _buckets[BucketOf(entry.Id)];
            entry.Next = bucket;
            bucket = at + 1;
        }
    }

    // The ids are hashes: any bits of them will do.
    private int BucketOf(BlobId id) => id.GetHashCode() & (_buckets.Length - 1);

    private ref Entry At(int at) => ref _pages[at >> PageBits][at & (PageEntries - 1)];

    private struct Entry
    {
        public BlobId Id;
        public uint PackAndKind;
        public uint Offset;
        public uint Length;
        public uint UncompressedLength;
        public int Next;
    }
}
