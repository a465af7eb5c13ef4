using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Tests.Vaults;

/// <summary>A back end whose process dies: after so many changes none comes through any more.</summary>
internal sealed class DyingBackend(IVaultBackend inner, int changes) : IVaultBackend
{
    private int _left = changes;

    public string Location => inner.Location;

    /// <summary>Gets whether a change was refused.</summary>
    public bool IsDead => _left < 0;

    public Task CreateAsync(CancellationToken cancellationToken) => inner.CreateAsync(cancellationToken);

    public Task SaveAsync(VaultFile file, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Change(() => inner.SaveAsync(file, content, cancellationToken));

    public Task RemoveAsync(VaultFile file, CancellationToken cancellationToken) => Change(() => inner.RemoveAsync(file, cancellationToken));

    public Task<byte[]> LoadAsync(VaultFile file, CancellationToken cancellationToken) => inner.LoadAsync(file, cancellationToken);

    public Task ReadAsync(VaultFile file, long offset, Memory<byte> buffer, CancellationToken cancellationToken) => inner.ReadAsync(file, offset, buffer, cancellationToken);

    public IAsyncEnumerable<VaultFileEntry> ListAsync(VaultFileKind kind, CancellationToken cancellationToken) => inner.ListAsync(kind, cancellationToken);

    public Task<long?> LengthAsync(VaultFile file, CancellationToken cancellationToken) => inner.LengthAsync(file, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task Change(Func<Task> change) =>
        Interlocked.Decrement(ref _left) >= 0 ? change() : Task.FromException(new HoldfastException(ErrorKind.Unavailable, "vault.unreachable", "The process died."));
}
