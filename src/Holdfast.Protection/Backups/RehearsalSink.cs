using System.Collections.Concurrent;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>Writes nothing, and tells what would be new.</summary>
internal sealed class RehearsalSink(IBlobSource vault) : IBlobSink
{
    private readonly ConcurrentDictionary<(BlobKind Kind, BlobId Id), bool> _new = [];

    public ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var id = BlobId.Of(content.Span);
        var isNew = !vault.TryGetLength(kind, id, out _) && _new.TryAdd((kind, id), true);
        return ValueTask.FromResult(new SavedBlob(id, isNew, 0));
    }

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
