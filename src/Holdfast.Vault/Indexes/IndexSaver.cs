using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Indexes;

/// <summary>Lists written packs in index files: a file whenever enough has come together or enough time has passed, so that an interrupted backup keeps what it has sent. Thread safe.</summary>
internal sealed class IndexSaver(Func<IReadOnlyList<IReadOnlyList<PackedBlob>>, CancellationToken, Task> save, TimeSpan interval, TimeProvider time)
{
    /// <summary>An index file with this many blobs is full; restic does the same, and reads of many files at once stay small.</summary>
    public const int MaxBlobs = 50_000;

    private readonly Lock _lock = new();
    private List<IReadOnlyList<PackedBlob>> _packs = [];
    private int _blobs;
    private long _since;

    public Task AddAsync(IReadOnlyList<PackedBlob> pack, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_packs.Count == 0) _since = time.GetTimestamp();
            _packs.Add(pack);
            _blobs += pack.Count;
            if (_blobs < MaxBlobs && time.GetElapsedTime(_since) < interval) return Task.CompletedTask;
        }

        return SaveAsync(cancellationToken);
    }

    public Task SaveAsync(CancellationToken cancellationToken)
    {
        List<IReadOnlyList<PackedBlob>> packs;
        lock (_lock)
        {
            if (_packs.Count == 0) return Task.CompletedTask;
            packs = _packs;
            _packs = [];
            _blobs = 0;
        }

        return save(packs, cancellationToken);
    }
}
