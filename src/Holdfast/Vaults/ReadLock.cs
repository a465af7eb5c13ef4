using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary>The lock of a command that only reads.</summary>
internal static class ReadLock
{
    /// <summary>Takes a shared lock, or says that there is none: what is on a full disk, or on one mounted read-only because it is failing, must be readable above all.</summary>
    /// <exception cref="HoldfastException"><c>lock.held</c>, or what the back end says.</exception>
    public static async Task<IAsyncDisposable?> TakeAsync(Invocation run, VaultRepository vault, CancellationToken cancellationToken)
    {
        try
        {
            return await VaultLock.ShareAsync(vault, run.Surroundings.Time, cancellationToken);
        }
        catch (HoldfastException refused) when (refused.Code is "vault.read-only" or "vault.full")
        {
            run.Report.Warn($"{refused.Message.TrimEnd('.')}. It is read without a lock: a prune at the same time would disturb this.");
            return null;
        }
    }
}
