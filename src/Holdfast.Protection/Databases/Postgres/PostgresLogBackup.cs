using Holdfast.Protection.Backups;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Stores what is in a spool, and removes from it what was read back from the vault and found the same.</summary>
/// <remarks>It needs no server: each segment says which database it belongs to, so the last log of a dead one can be saved too.</remarks>
/// <param name="vault">The vault.</param>
/// <param name="time">The clock.</param>
/// <param name="recorder">What writes the snapshot.</param>
public sealed class PostgresLogBackup(VaultRepository vault, TimeProvider time, SnapshotRecorder? recorder = null)
{
    private const int VerifiedAtOnce = 4;

    /// <summary>Stores it.</summary>
    /// <returns>What was stored; null when the spool was empty.</returns>
    /// <exception cref="HoldfastException"><c>database.log-foreign</c>, <c>database.log-damaged</c>, <c>database.log-unverified</c>, <c>lock.*</c>, or what the vault says. The spool keeps everything then.</exception>
    public async Task<DatabaseBackupResult?> RunAsync(string name, WalSpool spool, CancellationToken cancellationToken)
    {
        if (spool.List().Count == 0) return null;
        await using var held = await VaultLock.ShareAsync(vault, time, cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await vault.LoadIndexAsync(ending.Token);
        var earlier = (await DatabaseCatalog.ListAsync(vault, ending.Token)).Where(entry => entry.Facts.Name == name && entry.Facts.Engine == PostgresEngine.EngineName).ToList();

        var names = spool.List();
        var contents = SpoolContents.Read(spool, names, earlier);
        var start = time.GetLocalNow();
        var result = await new TreeBackup(vault, vault, new Chunker(vault.Config.ChunkerPolynomial), time).RunAsync(
            new BackupRequest { Sources = [.. names.Select(file => new BackupSource("/" + file) { ReadFrom = spool.PathOf(file) })], Zone = TimeZoneInfo.Utc }, ending.Token);
        if (!result.IsComplete) throw new HoldfastException(ErrorKind.Unavailable, "database.incomplete", $"Not all of '{spool.Folder}' could be read.", "Nothing was removed. See that its files can be read, and start again.");
        await VerifyAsync(spool, names, result.Tree, ending.Token);

        result = result with { Tree = await WrapAsync(result.Tree, ending.Token) };
        var facts = new DatabaseFacts
        {
            Engine = PostgresEngine.EngineName, Id = contents.SystemId, Name = name, Type = DatabaseBackupType.Log,
            Version = earlier.LastOrDefault()?.Facts.Version ?? "", Details = contents.Log.Format(),
        };
        var snapshot = await (recorder ?? new()).WriteAsync(vault, held, DatabaseSnapshots.Make(facts, result, ["/wal"], null, start, time.GetLocalNow()), cancellationToken);
        spool.Remove(names);
        return new(new(snapshot, facts), result.Counts);
    }

    /// <summary>Reads everything back from the vault: the spool has the only copy, and PostgreSQL will not give another.</summary>
    private async Task VerifyAsync(WalSpool spool, IReadOnlyList<string> names, BlobId tree, CancellationToken cancellationToken)
    {
        var stored = await Tree.LoadAsync(vault, tree, cancellationToken);
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = VerifiedAtOnce, CancellationToken = cancellationToken }, async (name, token) =>
        {
            if (stored.Find(name) is not { Content: { } content } || !await IsSameAsync(spool.PathOf(name), content, token))
            {
                throw new HoldfastException(ErrorKind.Conflict, "database.log-unverified", $"'{name}' is not in the vault as it is in '{spool.Folder}'.", "Nothing was removed. Run: holdfast vault check");
            }
        });
    }

    private async Task<bool> IsSameAsync(string path, IReadOnlyList<BlobId> content, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, useAsync: false);
        byte[] buffer = [];
        foreach (var blob in content)
        {
            var stored = await vault.LoadAsync(BlobKind.Data, blob, cancellationToken);
            if (buffer.Length < stored.Length) buffer = new byte[stored.Length];
            if (file.ReadAtLeast(buffer.AsSpan(0, stored.Length), stored.Length, throwOnEndOfStream: false) != stored.Length || !buffer.AsSpan(0, stored.Length).SequenceEqual(stored)) return false;
        }

        return file.Position == file.Length;
    }

    private async Task<BlobId> WrapAsync(BlobId files, CancellationToken cancellationToken)
    {
        var like = (await Tree.LoadAsync(vault, files, cancellationToken)).Nodes[0];
        var root = await new Tree([TreeEditor.Folder(like, "wal", files, time.GetUtcNow())]).SaveAsync(vault, cancellationToken);
        await vault.FlushAsync(cancellationToken);
        return root.Id;
    }
}
