using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary>A vault that a command has opened, with the back end that it is on.</summary>
internal sealed class OpenedVault(IVaultBackend backend, VaultRepository repository) : IAsyncDisposable
{
    private IAsyncDisposable? _held;

    public VaultRepository Repository { get; } = repository;

    /// <summary>Takes a shared lock until this is disposed, so that no prune removes what is being read; then as <see cref="LoadedAsync"/>.</summary>
    /// <exception cref="HoldfastException"><c>lock.held</c>, or what the back end says.</exception>
    public async Task<VaultRepository> LockedAsync(Invocation run, CancellationToken cancellationToken)
    {
        _held = await ReadLock.TakeAsync(run, Repository, cancellationToken);
        return await LoadedAsync(run, cancellationToken);
    }

    /// <summary>Reads the index, and returns the vault, ready to read blobs. An index file that cannot be read is named and left out: what others list can still be read.</summary>
    public async Task<VaultRepository> LoadedAsync(Invocation run, CancellationToken cancellationToken)
    {
        await Repository.LoadIndexAsync((_, error) => run.Report.Warn($"{error.Message.TrimEnd('.')}. What only it lists is missing here; to write the index anew: holdfast vault repair index"), cancellationToken);
        return Repository;
    }

    public async ValueTask DisposeAsync()
    {
        if (_held is { } held) await held.DisposeAsync();
        await Repository.DisposeAsync();
        await backend.DisposeAsync();
    }
}
