using Holdfast.Vault.Backends;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>A store that flips a bit in every pack that it is given.</summary>
internal sealed class RottenBackend(MemoryBackend inner) : IVaultBackend
{
    public string Location => inner.Location;

    public Task CreateAsync(CancellationToken cancellationToken) => inner.CreateAsync(cancellationToken);

    public Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (file.Kind != VaultFileKind.Pack) return inner.SaveAsync(file, content, cancellationToken);
        var rotten = content.ToArray();
        for (var at = 1000; at < rotten.Length - 1000; at += 1000) rotten[at] ^= 1;
        return inner.SaveAsync(file, rotten, cancellationToken);
    }

    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => inner.LoadAsync(file, cancellationToken);

    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(file, offset, buffer, cancellationToken);

    public IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken) => inner.ListAsync(kind, cancellationToken);

    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => inner.LengthAsync(file, cancellationToken);

    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => inner.RemoveAsync(file, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
