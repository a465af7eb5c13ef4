using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Gives a recovering server one piece of log from the vault.</summary>
/// <param name="vault">The vault, its index loaded.</param>
public sealed class PostgresLogFetch(VaultRepository vault)
{
    /// <summary>The code of the answer that the vault does not have it.</summary>
    public const string NotFound = "database.log-not-found";

    /// <summary>Writes the file.</summary>
    /// <exception cref="HoldfastException"><see cref="NotFound"/>: the server then looks no further on that timeline, which is how recovery finds the end.</exception>
    public async Task RunAsync(string name, string? id, string file, string target, CancellationToken cancellationToken)
    {
        var chain = DatabaseCatalog.ChainOf(await DatabaseCatalog.ListAsync(vault, cancellationToken), name, id);
        var files = new StoredFiles(vault);
        // The newest first: recovery walks towards them. What the facts do not name need not be looked into.
        foreach (var entry in chain.Reverse().Where(entry => MayHave(entry, file)))
        {
            if (await files.FindAsync(entry.Snapshot.Tree, (entry.IsBase ? "data/pg_wal/" : "wal/") + file, cancellationToken) is not { } node) continue;
            File.Delete(target);
            await files.LayDownAsync(node, target, FileOwner.Self, cancellationToken);
            return;
        }

        throw new HoldfastException(ErrorKind.NotFound, NotFound, $"The vault has no '{file}' of '{name}'.");
    }

    private static bool MayHave(DatabaseSnapshot entry, string file)
    {
        if (entry.IsBase || !WalSegment.IsName(file)) return true;
        var log = PostgresLog.Of(entry);
        return WalSegment.TryParse(file, log.SegmentBytes) is { } segment && log.Segments.Contains(segment);
    }
}
