using Holdfast.Cluster;
using Holdfast.Management.Repository;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Vaults;

/// <summary>
/// Lists each vault into the catalogue by itself: soon after it was made known, and once a day, because others write to it and remove from it too. A node's own command looks; this service only
/// takes the answer.
/// </summary>
internal sealed partial class CatalogueKeeper(VaultDesk vaults, RepositoryDatabase repository, TimeProvider time, ILogger<CatalogueKeeper> logger)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Lists until cancelled, one vault at a time.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Look, time, cancellationToken);
            if (!repository.State.IsUp) continue;
            try
            {
                foreach (var vault in await vaults.ListAsync(cancellationToken))
                {
                    if (CatalogueTiming.IsDue(vault.Listed, vaults.TroubleOf(vault.Name)?.At, time.GetUtcNow())) await TryListAsync(vault.Name, cancellationToken);
                }
            }
            catch (HoldfastException notNow)
            {
                Log.NotListed(logger, "any vault", notNow.Message);
            }
        }
    }

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
