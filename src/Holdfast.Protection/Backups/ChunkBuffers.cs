using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;

namespace Holdfast.Protection.Backups;

/// <summary>A fixed number of buffers, each as long as the longest chunk: what bounds the memory of a backup.</summary>
internal sealed class ChunkBuffers(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    public async ValueTask<byte[]> RentAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return BlobMemory.Rent(Chunker.MaxBytes);
    }

    public void Return(byte[] buffer)
    {
        BlobMemory.ReturnTrimmed(buffer);
        _free.Release();
    }

    public void Dispose() => _free.Dispose();
}
