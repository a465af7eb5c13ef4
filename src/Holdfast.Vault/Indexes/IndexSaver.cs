using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Indexes;

/// <summary>Lists written packs in index files: a file whenever enough has come together or enough time has passed, so that an interrupted backup keeps what it has sent. Thread safe.</summary>
internal sealed class IndexSaver(Func<IReadOnlyList<IReadOnlyList<PackedBlob>>, CancellationToken, Task> save, TimeSpan interval, TimeProvider time) : IDisposable
{
    /// <summary>An index file with this many blobs is full; restic does the same, and reads of many files at once stay small.</summary>
    public const int MaxBlobs = 50_000;

    private readonly Lock _lock = new();

    // Held while a file is written: who flushes must not return while another is still writing what both wait for.
    private readonly SemaphoreSlim _writing = new(1);
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

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var packs = Take();
            if (packs.Count == 0) return;
            try
            {
                await save(packs, cancellationToken);
            }
            catch
            {
                PutBack(packs); // Or a second flush would succeed, and a snapshot be written whose blobs nobody finds.
                throw;
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    private List<IReadOnlyList<PackedBlob>> Take()
    {
        lock (_lock)
        {
            var packs = _packs;
            (_packs, _blobs) = ([], 0);
            return packs;
        }
    }

    private void PutBack(List<IReadOnlyList<PackedBlob>> packs)
    {
        lock (_lock)
        {
            packs.AddRange(_packs);
            (_packs, _blobs) = (packs, packs.Sum(pack => pack.Count));
            _since = time.GetTimestamp();
        }
    }
}
