using System.Collections.Concurrent;
using Holdfast.Vault.Chunking;

namespace Holdfast.Protection.Backups;

/// <summary>A fixed number of buffers, each as long as the longest chunk: what bounds the memory of a backup.</summary>
internal sealed class ChunkBuffers(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);
    private readonly ConcurrentBag<byte[]> _idle = [];

    public async ValueTask<byte[]> RentAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return _idle.TryTake(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(Chunker.MaxBytes);
    }

    public void Return(byte[] buffer)
    {
        _idle.Add(buffer);
        _free.Release();
    }

    public void Dispose() => _free.Dispose();
}
