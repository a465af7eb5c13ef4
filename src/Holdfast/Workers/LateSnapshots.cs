using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Snapshots that an attempt wrote when its run had gone on without it. The ledger names each: it had granted that name and then granted another. Nothing is ever concluded from a
/// snapshot being unknown, since the same vault may serve other jobs and other clusters.
/// </summary>
internal static class LateSnapshots
{
    /// <summary>Removes those that are in the vault, but for one with a legal hold.</summary>
    /// <param name="vault">The vault, under a lock.</param>
    /// <param name="snapshots">All of the vault.</param>
    /// <param name="late">What the ledger says came late.</param>
    /// <param name="tell">Is told of each.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The other snapshots.</returns>
    public static async Task<IReadOnlyList<Snapshot>> ReapAsync(VaultRepository vault, IReadOnlyList<Snapshot> snapshots, IReadOnlyCollection<string> late, Action<string> tell, CancellationToken cancellationToken)
    {
        // Also one whose tags were changed since, by which it got another name.
        var found = snapshots.Where(snapshot => (late.Contains(snapshot.Id) || late.Contains(snapshot.LastingId)) && !snapshot.IsHeld()).ToList();
        foreach (var snapshot in found)
        {
            try
            {
                await SnapshotFiles.RemoveAsync(vault, snapshot, cancellationToken);
                tell($"removed snapshot {snapshot.ShortId}, which a late attempt at a run before wrote");
            }
            catch (HoldfastException refused) when (refused.Kind != ErrorKind.Unavailable)
            {
                tell($"snapshot {snapshot.ShortId}, which a late attempt wrote, cannot be removed: {refused.Message}"); // A vault that only takes more. It harms nobody.
            }
        }

        return [.. snapshots.Except(found)];
    }
}
