using Holdfast.Protection.Hooks;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Backups;

/// <summary>What is around every backup: the commands before and after, the lock, and the vault's index.</summary>
internal static class GuardedBackup
{
    /// <summary>Runs a backup. It must ask the lock once more before it writes its snapshot: a prune that ran meanwhile may have removed what the snapshot needs.</summary>
    /// <exception cref="HoldfastException"><c>hook.failed</c>, <c>lock.*</c>, or what the vault and the backup say.</exception>
    public static async Task<T> RunAsync<T>(VaultRepository vault, HookCommands hooks, TimeProvider time, Func<VaultLock, CancellationToken, Task<T>> backup, CancellationToken cancellationToken)
    {
        await hooks.BeforeAsync(cancellationToken);
        var succeeded = false;
        try
        {
            await using var held = await VaultLock.ShareAsync(vault, time, cancellationToken);
            using var going = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
            // The index before the snapshots: what a snapshot of the list needs is then in the index.
            await vault.LoadIndexAsync(going.Token);
            var done = await backup(held, going.Token);
            succeeded = true;
            return done;
        }
        finally
        {
            await hooks.AfterAsync(succeeded);
        }
    }
}
