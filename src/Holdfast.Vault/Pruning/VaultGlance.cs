using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Pruning;

/// <summary>The snapshots and index files that a plan was made from, to see whether somebody added to them meanwhile.</summary>
/// <remarks>Under an exclusive lock nobody does. But a lock can be taken away from a backup that lives on, by hand or because its clock was wrong: what it has
/// recorded by the time of a second look is not removed.</remarks>
internal sealed class VaultGlance
{
    private readonly HashSet<VaultFile> _known = [];

    public static async Task<VaultGlance> TakeAsync(VaultRepository vault, CancellationToken cancellationToken)
    {
        var glance = new VaultGlance();
        await foreach (var file in FilesAsync(vault, cancellationToken)) glance._known.Add(file);
        return glance;
    }

    /// <summary>Takes in what we wrote ourselves.</summary>
    public void AddIndexes(IEnumerable<string> names)
    {
        foreach (var name in names) _known.Add(new(VaultFileKind.Index, name));
    }

    /// <exception cref="HoldfastException"><c>prune.vault-changed</c>.</exception>
    public async Task RefuseChangesAsync(VaultRepository vault, CancellationToken cancellationToken)
    {
        await foreach (var file in FilesAsync(vault, cancellationToken))
        {
            if (_known.Contains(file)) continue;
            throw new HoldfastException(ErrorKind.Conflict, "prune.vault-changed", $"Somebody wrote {file} to the vault {vault.Backend.Location} while it was pruned. Nothing more was removed.",
                "Find out whose lock was taken away, then prune again.");
        }
    }

    private static async IAsyncEnumerable<VaultFile> FilesAsync(VaultRepository vault, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Index, cancellationToken)) yield return entry.File;
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Snapshot, cancellationToken)) yield return entry.File;
    }
}
