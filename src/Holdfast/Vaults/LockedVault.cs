using Holdfast.Agent.Api;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary>A vault that a command has opened and locked.</summary>
internal sealed class LockedVault(OpenedVault opened, VaultLock held) : IAsyncDisposable
{
    public VaultRepository Repository => opened.Repository;

    public VaultLock Lock => held;

    /// <summary>Opens and locks: exclusively to remove or rewrite, shared to read what must not be removed meanwhile, or to add.</summary>
    public static async Task<LockedVault> OpenAsync(Invocation run, VaultAccess access, bool exclusive, CancellationToken cancellationToken)
    {
        var opened = await access.OpenAsync(run, cancellationToken);
        try
        {
            var time = run.Surroundings.Time;
            return new(opened, exclusive ? await VaultLock.ExcludeAsync(opened.Repository, time, cancellationToken) : await VaultLock.ShareAsync(opened.Repository, time, cancellationToken));
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>All snapshots; of one that cannot be read the person is told.</summary>
    public static Task<IReadOnlyList<Snapshot>> SnapshotsAsync(Invocation run, VaultRepository vault, CancellationToken cancellationToken) =>
        SnapshotFiles.ListAsync(vault, LeftOut(run), cancellationToken);

    /// <summary>What tells the person of a snapshot that cannot be read.</summary>
    public static Action<VaultFile, HoldfastException> LeftOut(Invocation run) => (file, error) => run.Report.Warn($"{file}{LookRequest.LeftOut}{error.Message}");

    public async ValueTask DisposeAsync()
    {
        await held.DisposeAsync();
        await opened.DisposeAsync();
    }
}
