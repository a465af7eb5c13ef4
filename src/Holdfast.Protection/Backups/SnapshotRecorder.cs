using Holdfast.Vault.Backends;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Backups;

/// <summary>
/// Writes the snapshot, the last act of a backup. It is sealed first, and its name is claimed where somebody has to grant it: of two attempts at one run only one is. The lock is asked last
/// of all, for the answer may have taken long, and a prune in between would have taken what the snapshot needs.
/// </summary>
public sealed record SnapshotRecorder
{
    /// <summary>Gets tags to add.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the node that is recorded, and the shared volumes that are attached to it; null for what the snapshot says itself.</summary>
    public (string Node, IReadOnlyList<string> SharedVolumes)? Machine { get; init; }

    /// <summary>Gets what grants a snapshot's name, or throws. By default nobody is asked.</summary>
    public Func<string, CancellationToken, Task> Claim { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Writes it and returns it with its id. Everything it needs must be in the vault before.</summary>
    /// <exception cref="HoldfastException"><c>lock.*</c>, what <see cref="Claim"/> throws, or what the vault says.</exception>
    public async Task<Snapshot> WriteAsync(VaultRepository vault, VaultLock held, Snapshot snapshot, CancellationToken cancellationToken)
    {
        var facts = Machine is var (node, shared) ? snapshot.Facts with { Node = node, SharedVolumes = shared } : snapshot.Facts;
        var tagged = snapshot with { Tags = [.. snapshot.Tags, .. Tags], Facts = facts };
        var prepared = vault.Prepare(VaultFileKind.Snapshot, SnapshotJson.Write(tagged));
        await Claim(prepared.File.Name, cancellationToken);
        await held.EnsureHeldAsync(cancellationToken);
        await vault.SaveAsync(prepared, CancellationToken.None); // It is granted: half a write would only be looked for in vain.
        return tagged with { Id = prepared.File.Name };
    }
}
