using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Databases;

/// <summary>The snapshots of databases in a vault.</summary>
public static class DatabaseCatalog
{
    /// <summary>All of them but the trash, the oldest first. Snapshots that cannot be read are left out: a check names them.</summary>
    public static async Task<IReadOnlyList<DatabaseSnapshot>> ListAsync(VaultRepository vault, CancellationToken cancellationToken) =>
        Of(await SnapshotFiles.ListAsync(vault, (_, _) => { }, cancellationToken));

    /// <summary>Those that are of databases and not in the trash.</summary>
    public static IReadOnlyList<DatabaseSnapshot> Of(IEnumerable<Snapshot> snapshots) =>
        [.. from snapshot in snapshots where snapshot.DeleteAfter() is null let facts = DatabaseFacts.Of(snapshot) where facts is not null select new DatabaseSnapshot(snapshot, facts)];

    /// <summary>The chain of one database, the oldest first.</summary>
    /// <param name="all">The databases' snapshots.</param>
    /// <param name="name">The database's name.</param>
    /// <param name="id">Its identifier, needed when several had that name.</param>
    /// <exception cref="HoldfastException"><c>database.not-found</c>, <c>database.ambiguous</c>.</exception>
    public static IReadOnlyList<DatabaseSnapshot> ChainOf(IReadOnlyList<DatabaseSnapshot> all, string name, string? id)
    {
        var named = all.Where(entry => entry.Facts.Name == name && (id is null || entry.Facts.Id == id)).ToList();
        var ids = named.Select(entry => (entry.Facts.Engine, entry.Facts.Id)).Distinct().ToList();
        return ids.Count switch
        {
            1 => named,
            0 => throw new HoldfastException(ErrorKind.NotFound, "database.not-found", $"The vault has no backup of a database '{name}'{(id is null ? "" : $" with the identifier {id}")}.", "See what there is: holdfast database list"),
            _ => throw new HoldfastException(ErrorKind.Conflict, "database.ambiguous", $"{ids.Count} databases were backed up as '{name}': {string.Join(", ", ids.Select(each => each.Id))}.", "Say which with --id."),
        };
    }
}
