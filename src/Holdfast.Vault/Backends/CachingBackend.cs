using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Holdfast.Vault.Backends;

/// <summary>Keeps indexes, snapshots and packs of trees of a vault that is elsewhere on a local disk.</summary>
/// <remarks>
/// Many processes may use one cache. An entry is believed only when its hash is its name; one that is damaged is fetched again.
/// A cache that cannot be read or written costs time and nothing else: it never makes a call fail.
/// </remarks>
/// <param name="inner">The vault; disposed with this.</param>
/// <param name="folder">The folder of all caches of this account.</param>
/// <param name="budgetBytes">How much each vault's cache may take, in bytes; what was used longest ago goes first.</param>
/// <param name="time">The clock that tells what was used last.</param>
public sealed class CachingBackend(IVaultBackend inner, string folder, long budgetBytes, TimeProvider time) : IVaultBackend
{
    private readonly ConcurrentDictionary<VaultFile, SemaphoreSlim> _fetching = [];
    private volatile CacheFolder? _cache;

    /// <summary>Gets or sets which packs are worth keeping whole: those of trees. None before it is set.</summary>
    public Func<VaultFile, bool>? IsTreePack { get; set; }

    /// <inheritdoc/>
    public string Location => inner.Location;

    /// <inheritdoc/>
    public int WritesAtOnce => inner.WritesAtOnce;

    /// <summary>Begins to keep things, once it is known which vault this is; before, everything is asked of the vault.</summary>
    /// <param name="vaultId">The id in the vault's config: one vault under two addresses has one cache, two vaults that took turns at one address have two.</param>
    /// <exception cref="ArgumentException">The id is none.</exception>
    public void UseVault(string vaultId)
    {
        if (!VaultLayout.IsName(vaultId)) throw new ArgumentException($"'{vaultId}' is not the id of a vault.", nameof(vaultId));
        _cache = new CacheFolder(Path.Join(folder, vaultId), budgetBytes, time);
    }

    /// <inheritdoc/>
    public Task CreateAsync(CancellationToken cancellationToken) => inner.CreateAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await inner.SaveAsync(file, content, cancellationToken);
        if (_cache is { } cache && IsKept(file)) await Task.Run(() => cache.Put(file, content.Span), CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken)
    {
        if (_cache is not { } cache || !IsKept(file)) return await inner.LoadAsync(file, cancellationToken);
        return await Task.Run(() => cache.Get(file), cancellationToken) ?? await FetchAsync(cache, file, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_cache is not { } cache || !IsKept(file))
        {
            await inner.ReadAsync(file, offset, buffer, cancellationToken);
            return;
        }

        if (await Task.Run(() => cache.TryRead(file, offset, buffer.Span), cancellationToken)) return;
        // Trees of one pack are read one after the other: the first reader fetches all of it, the others wait for that.
        var gate = _fetching.GetOrAdd(file, _ => new(1, 1));
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (await Task.Run(() => cache.TryRead(file, offset, buffer.Span), cancellationToken)) return;
            var content = await FetchAsync(cache, file, cancellationToken);
            if (offset < 0 || offset + buffer.Length > content.Length) throw BackendErrors.TooShort(this, file, offset + buffer.Length);
            content.AsMemory((int)offset, buffer.Length).CopyTo(buffer);
        }
        finally
        {
            gate.Release();
            _fetching.TryRemove(new(file, gate));
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken) => inner.ListAsync(kind, cancellationToken);

    /// <inheritdoc/>
    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => inner.LengthAsync(file, cancellationToken);

    /// <inheritdoc/>
    public async Task RemoveAsync(VaultFile file, CancellationToken cancellationToken)
    {
        if (_cache is { } cache) await Task.Run(() => cache.Remove(file), cancellationToken); // First: what is gone from the vault must not be found here.
        await inner.RemoveAsync(file, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> RemoveLeftoversAsync(DateTimeOffset writtenBefore, CancellationToken cancellationToken) => inner.RemoveLeftoversAsync(writtenBefore, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // Locks are never kept: they tell what others do now. Keys and the config are few, and read once.
    private bool IsKept(VaultFile file) => file.Kind is VaultFileKind.Index or VaultFileKind.Snapshot || (file.Kind == VaultFileKind.Pack && IsTreePack?.Invoke(file) == true);

    private async Task<byte[]> FetchAsync(CacheFolder cache, VaultFile file, CancellationToken cancellationToken)
    {
        var content = await inner.LoadAsync(file, cancellationToken);
        // What is damaged in the vault, or on the way, is the caller's to find out, and not to be kept.
        if (Convert.ToHexStringLower(SHA256.HashData(content)) == file.Name) await Task.Run(() => cache.Put(file, content), CancellationToken.None);
        return content;
    }
}
