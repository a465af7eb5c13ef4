using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary>A vault that a command has opened, with the back end that it is on.</summary>
internal sealed class OpenedVault(IVaultBackend backend, VaultRepository repository) : IAsyncDisposable
{
    public VaultRepository Repository { get; } = repository;

    /// <summary>Reads the index, and returns the vault, ready to read and write blobs.</summary>
    public async Task<VaultRepository> LoadedAsync(CancellationToken cancellationToken)
    {
        await Repository.LoadIndexAsync(cancellationToken);
        return Repository;
    }

    public async ValueTask DisposeAsync()
    {
        await Repository.DisposeAsync();
        await backend.DisposeAsync();
    }
}
