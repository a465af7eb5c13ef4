using System.Runtime.ExceptionServices;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Packs;

/// <summary>Gathers blobs into packs, writes full ones in the background and lists them in index files. Thread safe.</summary>
/// <remarks>Once a write has failed nothing more is taken: a backup that lost a pack is lost, and must hear of it before it writes its snapshot.</remarks>
internal sealed class PackSink : IAsyncDisposable
{
    private readonly IVaultBackend _backend;
    private readonly MasterKey _key;
    private readonly BlobCodec _codec;
    private readonly VaultIndex _index;
    private readonly IndexSaver _saver;
    private readonly PackBuffers _buffers;
    private readonly Reservations _reservations;
    private readonly OpenPack _data = new();
    private readonly OpenPack _trees = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _uploads = [];
    private readonly CancellationTokenSource _lifetime = new();
    private readonly SemaphoreSlim _sealing = new(Environment.ProcessorCount);
    private ExceptionDispatchInfo? _failure;

    public PackSink(IVaultBackend backend, MasterKey key, BlobCodec codec, VaultIndex index, IndexSaver saver, int uploads)
    {
        _backend = backend;
        _key = key;
        _codec = codec;
        _index = index;
        _saver = saver;
        _reservations = new(index);
        // One for each open pack; the others are being written.
        _buffers = new(2 + uploads);
    }

    /// <summary>Stores a blob unless the index has it, or another call is about to: hashes, compresses and seals on the caller's thread.</summary>
    public async ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = BlobId.Of(content.Span);
        _failure?.Throw();
        if (!_reservations.TryReserve(kind, id)) return new(id, IsNew: false, AddedBytes: 0);
        try
        {
            // No more at once than there are processors: each takes memory for a compressed blob, and more would be no faster.
            await _sealing.WaitAsync(cancellationToken);
            try
            {
                return new(id, IsNew: true, await SealAsync(kind, id, content, cancellationToken));
            }
            finally
            {
                _sealing.Release();
            }
        }
        catch
        {
            if (_reservations.Abandon(kind, id)) Fail(VaultErrors.Abandoned(_backend));
            throw;
        }
    }

    private async ValueTask<int> SealAsync(BlobKind kind, BlobId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var blob = _codec.Seal(kind, content.Span);
        try
        {
            await AppendAsync(kind, id, blob, cancellationToken);
            return blob.Length;
        }
        finally
        {
            blob.Return();
        }
    }

    /// <summary>Takes a blob that was reserved. Waits while as many packs as allowed are being written.</summary>
    private async ValueTask AppendAsync(BlobKind kind, BlobId id, SealedBlob blob, CancellationToken cancellationToken)
    {
        var open = kind == BlobKind.Tree ? _trees : _data;
        await open.Gate.WaitAsync(cancellationToken);
        try
        {
            if (open.Pack is { } full && !full.HasRoomFor(blob.Length)) Upload(open);
            open.Pack ??= new(await _buffers.RentAsync(PackBuilder.BytesFor(blob.Length), cancellationToken));
            _failure?.Throw(); // It may be what gave the buffer back.
            open.Pack.Append(kind, id, blob.Box, blob.UncompressedLength);
            if (open.Pack.IsFull) Upload(open);
        }
        finally
        {
            open.Gate.Release();
        }
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var open in (OpenPack[])[_data, _trees])
        {
            await open.Gate.WaitAsync(cancellationToken);
            if (open.Pack is { IsEmpty: false }) Upload(open);
            open.Gate.Release();
        }

        Task[] running;
        lock (_lock) running = [.. _uploads];
        await Task.WhenAll(running).WaitAsync(cancellationToken);
        _failure?.Throw();
        await _saver.SaveAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _lifetime.CancelAsync();
        Task[] running;
        lock (_lock) running = [.. _uploads];
        await Task.WhenAll(running);
        _lifetime.Dispose();
        _sealing.Dispose();
        _saver.Dispose();
        _buffers.Dispose();
    }

    private void Upload(OpenPack open)
    {
        var pack = open.Pack!;
        open.Pack = null;
        // Not on the caller's thread: the name is a hash over the whole pack.
        var upload = Task.Run(() => UploadAsync(pack), CancellationToken.None);
        lock (_lock) _uploads.Add(upload);
        upload.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Forget(Task upload)
    {
        lock (_lock) _uploads.Remove(upload);
    }

    private async Task UploadAsync(PackBuilder builder)
    {
        try
        {
            if (_failure is not null) return;
            var pack = builder.Finish(_key);
            if (pack.Blobs[0].Kind == BlobKind.Tree) _index.ExpectTrees(pack.Name);
            await _backend.SaveAsync(new(VaultFileKind.Pack, pack.Name.ToString()), pack.Content, _lifetime.Token);
            _index.Add(pack.Blobs);
            _reservations.Settle(pack.Blobs);
            await _saver.AddAsync(pack.Blobs, _lifetime.Token);
        }
        catch (Exception failed)
        {
            // Whatever it was: the next save and the flush throw it.
            Fail(failed);
        }
        finally
        {
            _buffers.Return(builder.Buffer);
        }
    }

    private void Fail(Exception failure) => Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);

    private sealed class OpenPack
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public PackBuilder? Pack { get; set; }
    }
}
