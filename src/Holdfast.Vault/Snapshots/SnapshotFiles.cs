using System.Collections.Concurrent;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Snapshots;

/// <summary>The snapshots of a vault.</summary>
public static class SnapshotFiles
{
    private const int ReadAtOnce = 8;

    /// <summary>Reads all of them, the trash too, the oldest first.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="unreadable">Is told of each that cannot be read; null to end with the first of them. Who removes data must not go on without them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HoldfastException"><c>snapshot.damaged</c>, <c>vault.damaged</c>, or what the back end says.</exception>
    public static async Task<IReadOnlyList<Snapshot>> ListAsync(VaultRepository vault, Action<VaultFile, HoldfastException>? unreadable, CancellationToken cancellationToken)
    {
        var found = new ConcurrentQueue<Snapshot>();
        await Parallel.ForEachAsync(
            vault.Backend.ListAsync(VaultFileKind.Snapshot, cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancellationToken },
            async (entry, token) =>
            {
                try
                {
                    found.Enqueue(await LoadAsync(vault, entry.File.Name, token));
                }
                catch (HoldfastException error) when (unreadable is not null && error.Kind != ErrorKind.Unavailable)
                {
                    // Gone between the list and the read: a change of tags, or a forget.
                    if (error.Kind != ErrorKind.NotFound) unreadable(entry.File, error);
                }
            });
        return [.. found.OrderBy(snapshot => snapshot.Time).ThenBy(snapshot => snapshot.Id, StringComparer.Ordinal)];
    }

    /// <summary>Reads one.</summary>
    public static async Task<Snapshot> LoadAsync(VaultRepository vault, string id, CancellationToken cancellationToken) =>
        SnapshotJson.Read(id, await vault.LoadUnpackedAsync(new(VaultFileKind.Snapshot, id), cancellationToken));

    /// <summary>Finds the one that is meant by <c>latest</c> or the beginning of an id.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="choice">What is meant.</param>
    /// <param name="filter">Of which snapshots the latest.</param>
    /// <param name="unreadable">Is told of each other one that cannot be read: it may be the latest, and an older one is given in its place.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="HoldfastException"><c>snapshot.not-found</c>, <c>snapshot.ambiguous</c>; <c>vault.damaged</c> or <c>snapshot.damaged</c> when it is there and cannot be read.</exception>
    public static async Task<Snapshot> FindAsync(VaultRepository vault, SnapshotChoice choice, SnapshotFilter filter, Action<VaultFile, HoldfastException> unreadable, CancellationToken cancellationToken)
    {
        var damaged = new ConcurrentQueue<(VaultFile File, HoldfastException Error)>();
        var all = await ListAsync(vault, (file, error) => damaged.Enqueue((file, error)), cancellationToken);
        if (!all.Any(snapshot => choice.Names(snapshot.Id)) && damaged.FirstOrDefault(one => choice.Names(one.File.Name)) is { Error: { } named }) throw named;
        foreach (var (file, error) in damaged) unreadable(file, error);
        return choice.Find(all, filter);
    }

    /// <summary>Writes one and returns it with its id. Everything it needs must be in the vault before.</summary>
    public static async Task<Snapshot> SaveAsync(VaultRepository vault, Snapshot snapshot, CancellationToken cancellationToken) =>
        snapshot with { Id = await vault.SaveUnpackedAsync(VaultFileKind.Snapshot, SnapshotJson.Write(snapshot), cancellationToken) };

    /// <summary>Writes a changed form of a snapshot, then removes the one before: between the two both are there, never none.</summary>
    public static async Task<Snapshot> ReplaceAsync(VaultRepository vault, Snapshot before, Snapshot after, CancellationToken cancellationToken)
    {
        var saved = await SaveAsync(vault, after, cancellationToken);
        if (saved.Id != before.Id) await RemoveAsync(vault, before, cancellationToken);
        return saved;
    }

    /// <summary>Removes one. What it alone needed stays until a prune.</summary>
    public static Task RemoveAsync(VaultRepository vault, Snapshot snapshot, CancellationToken cancellationToken) =>
        vault.Backend.RemoveAsync(new(VaultFileKind.Snapshot, snapshot.Id), cancellationToken);
}
