using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Databases;

/// <summary>Restores a database to scratch and starts it: to prove that it can be, or to take one database or table out.</summary>
/// <param name="engine">The engine.</param>
/// <param name="vault">The vault, its index loaded.</param>
/// <param name="time">The clock.</param>
public sealed class DatabaseRehearsal(IDatabaseEngine engine, VaultRepository vault, TimeProvider time)
{
    /// <summary>Restores, starts, checks, and takes everything away again.</summary>
    /// <param name="chain">The database's snapshots.</param>
    /// <param name="target">How far to go.</param>
    /// <param name="scratch">A folder with room for the database.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The evidence, also when it failed. Only what says nothing of the backup (no room, no programs) is thrown.</returns>
    public async Task<DatabaseProof> ProveAsync(IReadOnlyList<DatabaseSnapshot> chain, RecoveryTarget target, string scratch, CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        using var folder = DatabaseScratch.Below(scratch);
        RestoredDatabase? restored = null;
        var restoreTook = TimeSpan.Zero;
        try
        {
            restored = await engine.RestoreAsync(new() { Vault = vault, Chain = chain, Folder = folder.Data, Target = target }, cancellationToken);
            restoreTook = time.GetElapsedTime(began);
            began = time.GetTimestamp();
            await using var instance = await engine.StartTemporaryAsync(restored, cancellationToken);
            var recoveryTook = time.GetElapsedTime(began);
            began = time.GetTimestamp();
            var checks = await instance.CheckAsync(cancellationToken);
            return Evidence() with { RecoveryTook = recoveryTook, ReachedPoint = instance.ReachedPoint, Checks = checks, ChecksTook = time.GetElapsedTime(began) };
        }
        catch (HoldfastException failed) when (failed.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return Evidence() with { Failure = failed.Message };
        }

        DatabaseProof Evidence() => new()
        {
            Engine = engine.Name, Name = chain[0].Facts.Name, Id = chain[0].Facts.Id, Base = restored?.Base.Snapshot.LastingId ?? "", StartedAt = startedAt,
            RestoreTook = restoreTook, Bytes = restored?.Bytes ?? 0, Logs = restored?.Logs.Count ?? 0,
        };
    }

    /// <summary>Writes one database or table as it was at a point, through a server on a copy.</summary>
    /// <param name="chain">The database's snapshots.</param>
    /// <param name="target">Which point.</param>
    /// <param name="baseId">The base backup, or null for the best.</param>
    /// <param name="request">What to write.</param>
    /// <param name="scratch">A folder with room for the whole database.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it was taken from, which is gone again.</returns>
    /// <exception cref="HoldfastException"><c>file.exists</c>, <c>file.no-folder</c>, <c>database.*</c>.</exception>
    public async Task<RestoredDatabase> DumpAsync(IReadOnlyList<DatabaseSnapshot> chain, RecoveryTarget target, string? baseId, DatabaseDumpRequest request, string scratch, CancellationToken cancellationToken)
    {
        if (Path.Exists(request.Output)) throw DatabaseErrors.FileExists(request.Output); // Before a whole server is laid down for it.
        if (!Directory.Exists(Path.GetDirectoryName(request.Output))) throw DatabaseErrors.NoFolder(request.Output);
        var wanted = new DatabaseRestoreRequest { Vault = vault, Chain = chain, Folder = Path.Combine(scratch, Guid.NewGuid().ToString("n")), Target = target, Base = baseId, DryRun = request.DryRun };
        if (request.DryRun) return await engine.RestoreAsync(wanted, cancellationToken);
        using var folder = DatabaseScratch.Below(scratch);
        var restored = await engine.RestoreAsync(wanted with { Folder = folder.Data }, cancellationToken);
        await using var instance = await engine.StartTemporaryAsync(restored, cancellationToken);
        await instance.DumpAsync(request, cancellationToken);
        return restored;
    }
}
