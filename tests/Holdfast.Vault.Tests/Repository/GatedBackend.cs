using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Repository;

/// <summary>A back end whose saves wait for a gate.</summary>
internal sealed class GatedBackend(IVaultBackend inner, Task gate) : IVaultBackend
{
    public string Location => inner.Location;

    public async Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        await inner.SaveAsync(file, content, cancellationToken);
    }

    public Task CreateAsync(CancellationToken cancellationToken) => inner.CreateAsync(cancellationToken);

    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => inner.LoadAsync(file, cancellationToken);

    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(file, offset, buffer, cancellationToken);

    public IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken) => inner.ListAsync(kind, cancellationToken);

    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => inner.LengthAsync(file, cancellationToken);

    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => inner.RemoveAsync(file, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
