using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Repository;

/// <content>What writes blobs.</content>
public sealed partial class VaultRepository
{
    /// <inheritdoc/>
    /// <exception cref="HoldfastException">What an earlier pack met when it was written in the background; <c>blob.too-large</c> above 1 GiB.</exception>
    public ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        content.Length > PackedBlobs.MaxContentBytes ? throw VaultErrors.BlobTooLarge(content.Length) : _sink.SaveAsync(kind, content, cancellationToken);

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => _sink.FlushAsync(cancellationToken);

    /// <summary>Writes index files that list these packs, as many as it takes, and returns their names. The old ones are the caller's to remove.</summary>
    /// <param name="packs">The packs, each with its blobs.</param>
    /// <param name="supersedes">The index files that they replace.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<string>> SaveIndexAsync(IEnumerable<IReadOnlyList<PackedBlob>> packs, IReadOnlyList<string> supersedes, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var batch = new List<IReadOnlyList<PackedBlob>>();
        var blobs = 0;
        foreach (var pack in packs.Where(pack => pack.Count > 0))
        {
            batch.Add(pack);
            blobs += pack.Count;
            if (blobs < IndexSaver.MaxBlobs) continue;
            names.Add(await SaveIndexFileAsync(batch, supersedes, cancellationToken));
            batch.Clear();
            blobs = 0;
        }

        if (batch.Count > 0) names.Add(await SaveIndexFileAsync(batch, supersedes, cancellationToken));
        return names;
    }

    /// <summary>Ends it. What was saved and not flushed is given up.</summary>
    public async ValueTask DisposeAsync()
    {
        await _sink.DisposeAsync();
        _zstd.Dispose();
        _key.Dispose();
    }

    private async Task SavePacksAsync(IReadOnlyList<IReadOnlyList<PackedBlob>> packs, CancellationToken cancellationToken)
    {
        var name = await SaveIndexFileAsync(packs, [], cancellationToken);
        Index.Add(new IndexFile(name, [.. packs.Select(pack => pack[0].Pack)], []));
    }

    private Task<string> SaveIndexFileAsync(IReadOnlyList<IReadOnlyList<PackedBlob>> packs, IReadOnlyList<string> supersedes, CancellationToken cancellationToken) =>
        SaveUnpackedAsync(VaultFileKind.Index, IndexJson.Write(packs, supersedes), cancellationToken);
}
