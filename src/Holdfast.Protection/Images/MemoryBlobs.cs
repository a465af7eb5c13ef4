using System.Collections.Concurrent;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>Blobs in memory, for tests and rehearsals. What was not flushed is lost by <see cref="Crash"/>, as a vault would lose it.</summary>
public sealed class MemoryBlobs : IBlobSink, IBlobSource
{
    private readonly ConcurrentDictionary<(BlobKind, BlobId), byte[]> _kept = [];
    private ConcurrentDictionary<(BlobKind, BlobId), byte[]> _written = [];

    /// <summary>Gets how many blobs there are.</summary>
    public int Count => _kept.Keys.Union(_written.Keys).Count();

    /// <inheritdoc/>
    public ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = BlobId.Of(content.Span);
        var isNew = !_kept.ContainsKey((kind, id)) && _written.TryAdd((kind, id), content.ToArray());
        return ValueTask.FromResult(new SavedBlob(id, isNew, isNew ? content.Length : 0));
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (var (id, content) in _written) _kept[id] = content;
        return Task.CompletedTask;
    }

    /// <summary>Loses what was not flushed.</summary>
    public void Crash() => _written = [];

    /// <inheritdoc/>
    public bool TryGetLength(BlobKind kind, BlobId id, out int length)
    {
        var found = _kept.TryGetValue((kind, id), out var content) || _written.TryGetValue((kind, id), out content);
        length = content?.Length ?? 0;
        return found;
    }

    /// <inheritdoc/>
    public Task<byte[]> LoadAsync(BlobKind kind, BlobId id, CancellationToken cancellationToken) =>
        _kept.TryGetValue((kind, id), out var content) || _written.TryGetValue((kind, id), out content) ? Task.FromResult(content)
        : Task.FromException<byte[]>(new HoldfastException(ErrorKind.NotFound, "blob.missing", $"There is no blob {id}.", "Find out what else is missing: holdfast vault check"));
}
