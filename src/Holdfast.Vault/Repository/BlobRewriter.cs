using System.Collections.Concurrent;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Repository;

/// <summary>Writes blobs into new packs whether the vault has them or not; each once for as long as it lives. Thread safe.</summary>
internal sealed class BlobRewriter : IBlobSink, IAsyncDisposable
{
    private readonly VaultRepository _vault;
    private readonly PackSink _sink;
    private readonly ConcurrentQueue<string> _indexFiles = [];

    public BlobRewriter(VaultRepository vault, MasterKey key, BlobCodec codec, VaultOptions options)
    {
        _vault = vault;
        // An index of its own: it knows only what was written here.
        _sink = new(vault.Backend, key, codec, Index, new(SaveIndexAsync, options.IndexInterval, options.Time), options.Uploads ?? vault.Backend.WritesAtOnce);
    }

    /// <summary>Gets where what was written here is.</summary>
    public VaultIndex Index { get; } = new();

    /// <summary>Gets the names of the index files that were written here.</summary>
    public IReadOnlyCollection<string> IndexFiles => _indexFiles;

    public ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _sink.SaveAsync(kind, content, cancellationToken);

    public Task FlushAsync(CancellationToken cancellationToken) => _sink.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => _sink.DisposeAsync();

    private async Task SaveIndexAsync(IReadOnlyList<IReadOnlyList<PackedBlob>> packs, CancellationToken cancellationToken)
    {
        foreach (var name in await _vault.SaveIndexAsync(packs, [], cancellationToken)) _indexFiles.Enqueue(name);
    }
}
