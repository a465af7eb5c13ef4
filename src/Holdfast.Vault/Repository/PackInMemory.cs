using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Repository;

/// <summary>A back end of one pack that is in memory already, so that what reads packs can read it.</summary>
internal sealed class PackInMemory(string location, ReadOnlyMemory<byte> content) : IVaultBackend
{
    public string Location => location;

    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset + buffer.Length > content.Length) return Task.FromException(BackendErrors.TooShort(this, file, offset + buffer.Length));
        content.Slice((int)offset, buffer.Length).CopyTo(buffer);
        return Task.CompletedTask;
    }

    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CreateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
