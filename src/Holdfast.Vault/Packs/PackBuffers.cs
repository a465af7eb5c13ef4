namespace Holdfast.Vault.Packs;

/// <summary>The memory for packs: so many buffers and no more. Who fills packs faster than they are written waits here.</summary>
internal sealed class PackBuffers(int count) : IDisposable
{
    private readonly SemaphoreSlim _free = new(count);
    private readonly Stack<byte[]> _idle = [];

    public async ValueTask<byte[]> RentAsync(int atLeast, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        if (atLeast > PackBuilder.BufferBytes) return GC.AllocateUninitializedArray<byte>(atLeast); // One huge blob: not kept.
        lock (_idle)
        {
            if (_idle.TryPop(out var buffer)) return buffer;
        }

        // Not cleared: the kernel gives pages when they are written to, and a pack of trees seldom gets far.
        return GC.AllocateUninitializedArray<byte>(PackBuilder.BufferBytes, pinned: true);
    }

    public void Return(byte[] buffer)
    {
        if (buffer.Length == PackBuilder.BufferBytes)
        {
            lock (_idle) _idle.Push(buffer);
        }

        _free.Release();
    }

    public void Dispose() => _free.Dispose();
}
