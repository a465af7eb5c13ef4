using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;

namespace Holdfast.Vault.Repository;

/// <summary>Which blob is in which pack: what a vault's index files say, in memory. Thread safe.</summary>
public sealed class VaultIndex
{
    private readonly Lock _lock = new();
    private readonly List<IndexFile> _files = [];
    private readonly List<BlobId> _packs = [];
    private readonly Dictionary<BlobId, int> _packNumbers = [];
    private readonly HashSet<BlobId> _treePacks = [];
    private BlobTable _blobs = new();

    /// <summary>Gets the number of entries, duplicates included.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _blobs.Count;
        }
    }

    /// <summary>Gets every entry as the index files have it: a blob that is in two packs, or a pack that is in two index files, comes twice.</summary>
    /// <remarks>What is added meanwhile may or may not come.</remarks>
    public IEnumerable<PackedBlob> All
    {
        get
        {
            const int Batch = 1024;
            var batch = new List<PackedBlob>(Batch);
            for (var at = 0; ; at += Batch)
            {
                batch.Clear();
                lock (_lock)
                {
                    for (var i = at; i < Math.Min(at + Batch, _blobs.Count); i++) batch.Add(Entry(i));
                }

                if (batch.Count == 0) yield break;
                foreach (var blob in batch) yield return blob;
            }
        }
    }

    /// <summary>Gets the index files with the packs that they list.</summary>
    public IReadOnlyCollection<IndexFile> Files
    {
        get
        {
            lock (_lock) return [.. _files];
        }
    }

    /// <summary>Gets the packs that any index file lists, each once.</summary>
    public IReadOnlyCollection<BlobId> Packs
    {
        get
        {
            lock (_lock) return [.. _packs];
        }
    }

    /// <summary>Finds a blob, in any of the packs that have it.</summary>
    public bool TryFind(BlobKind kind, BlobId id, out PackedBlob blob)
    {
        lock (_lock)
        {
            var at = _blobs.Find(kind, id);
            blob = at < 0 ? default : Entry(at);
            return at >= 0;
        }
    }

    /// <summary>Whether a pack is one of trees, as far as is known: small, and read again and again.</summary>
    public bool HoldsTrees(BlobId pack)
    {
        lock (_lock) return _treePacks.Contains(pack);
    }

    /// <summary>Finds a blob in every pack that has it.</summary>
    public IReadOnlyList<PackedBlob> FindAll(BlobKind kind, BlobId id)
    {
        var found = new List<PackedBlob>(1);
        lock (_lock)
        {
            for (var at = _blobs.Find(kind, id); at >= 0; at = _blobs.Next(at)) found.Add(Entry(at));
        }

        return found;
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _files.Clear();
            _packs.Clear();
            _packNumbers.Clear();
            _treePacks.Clear();
            _blobs = new();
        }
    }

    internal void Add(string file, IndexContents contents)
    {
        lock (_lock)
        {
            foreach (var pack in contents.Packs) NumberOf(pack);
            foreach (var blob in contents.Blobs) Add(blob);
            _files.Add(new(file, contents.Packs.ToArray(), contents.Supersedes.ToArray()));
        }
    }

    /// <summary>Takes in a pack that was written just now; its index file follows with <see cref="Add(IndexFile)"/>.</summary>
    internal void Add(ReadOnlySpan<PackedBlob> blobs)
    {
        lock (_lock)
        {
            foreach (ref readonly var blob in blobs) Add(blob);
        }
    }

    internal void Add(IndexFile file)
    {
        lock (_lock) _files.Add(file);
    }

    /// <summary>Takes note of a pack of trees that is about to be written, so that a cache knows it for one.</summary>
    internal void ExpectTrees(BlobId pack)
    {
        lock (_lock) _treePacks.Add(pack);
    }

    private void Add(in PackedBlob blob)
    {
        _blobs.Add(blob, NumberOf(blob.Pack));
        if (blob.Kind == BlobKind.Tree) _treePacks.Add(blob.Pack);
    }

    private int NumberOf(BlobId pack)
    {
        if (_packNumbers.TryGetValue(pack, out var number)) return number;
        number = _packs.Count;
        _packs.Add(pack);
        _packNumbers.Add(pack, number);
        return number;
    }

    private PackedBlob Entry(int at) => _blobs[at] with { Pack = _packs[_blobs.PackOf(at)] };
}
