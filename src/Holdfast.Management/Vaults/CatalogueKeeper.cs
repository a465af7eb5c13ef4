using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.Repository;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Vaults;

/// <summary>
/// Lists each vault into the catalogue by itself: soon after it was made known, and once a day, because others write to it and remove from it too. A node's own command looks; this service only
/// takes the answer.
/// </summary>
internal sealed partial class CatalogueKeeper(VaultDesk vaults, RepositoryDatabase repository, TimeProvider time, ILogger<CatalogueKeeper> logger)
{
    /// <summary>Lists until cancelled, one vault at a time. Which are due is asked when one may be: at the next one's time, and when the vaults or the database's state are others.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (state, changed) = (repository.State, vaults.Changed); // Before the look: what changes meanwhile ends the rest at once.
            var rest = state.IsUp ? await ListDueAsync(cancellationToken) : Timeout.InfiniteTimeSpan;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(rest, time, over.Token), changed.WaitAsync(over.Token), repository.WaitForChangeAsync(state, over.Token));
            await over.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Lists what is due.</summary>
    /// <returns>How long nothing is.</returns>
    private async Task<TimeSpan> ListDueAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var vault in (await vaults.ListAsync(cancellationToken)).Where(IsDue).Select(vault => vault.Name).ToList()) await TryListAsync(vault, cancellationToken);
            return CatalogueTiming.RestUntil((await vaults.ListAsync(cancellationToken)).Select(DueAt), time.GetUtcNow());
        }
        catch (HoldfastException notNow)
        {
            Log.NotListed(logger, "any vault", notNow.Message);
            return CatalogueTiming.RestUntil([DateTimeOffset.MinValue], time.GetUtcNow());
        }
    }

    private bool IsDue(VaultInfo vault) => DueAt(vault) <= time.GetUtcNow();

    private DateTimeOffset DueAt(VaultInfo vault) => CatalogueTiming.NextDue(vault.Listed, vaults.TroubleOf(vault.Name)?.At);

    private async Task TryListAsync(string vault, CancellationToken cancellationToken)
    {
        try
        {
            Log.Listed(logger, vault, await vaults.CatalogueAsync(vault, cancellationToken));
        }
        catch (HoldfastException notNow)
        {
            Log.NotListed(logger, vault, notNow.Message); // The others are listed all the same.
        }
    }

    private static partial class Log // Event ids 6340-6359: the catalogue.
    {
        [LoggerMessage(6340, LogLevel.Information, "The catalogue has {Snapshots} snapshots of vault {Vault}")]
        public static partial void Listed(ILogger logger, string vault, int snapshots);

        [LoggerMessage(6341, LogLevel.Warning, "{Vault} could not be listed now: {Reason}")]
        public static partial void NotListed(ILogger logger, string vault, string reason);
    }
}
