using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Packs;

/// <summary>The memory for packs: so many buffers and no more. Who fills packs faster than they are written waits here.</summary>
internal sealed class PackBuffers(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);

    public async ValueTask<byte[]> RentAsync(int atLeast, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return BlobMemory.Rent(Math.Max(atLeast, PackBuilder.BufferBytes));
    }

    public void Return(byte[] buffer)
    {
        BlobMemory.ReturnTrimmed(buffer);
        _free.Release();
    }

    public void Dispose() => _free.Dispose();
}
