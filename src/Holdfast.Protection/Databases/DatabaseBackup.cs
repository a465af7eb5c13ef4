using Holdfast.Protection.Backups;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;

namespace Holdfast.Protection.Databases;

/// <summary>Backs up a running database into a vault.</summary>
/// <param name="vault">The vault.</param>
/// <param name="time">The clock.</param>
/// <param name="recorder">What writes the snapshot.</param>
public sealed class DatabaseBackup(VaultRepository vault, TimeProvider time, SnapshotRecorder? recorder = null)
{
    private IOnlineBackup? _online;

    /// <summary>Gets how far it is.</summary>
    public BackupProgress Progress => _online?.Progress ?? new();

    /// <summary>Takes a base backup and records it.</summary>
    /// <param name="engine">The database's engine.</param>
    /// <param name="type">What is read. Where there is nothing to build on, it becomes <see cref="DatabaseBackupType.Full"/>.</param>
    /// <param name="onIssue">Is told what went wrong with single files.</param>
    /// <param name="cancellationToken">Ends it; the server goes on as if nothing had been.</param>
    /// <exception cref="HoldfastException"><c>database.unreachable</c>, <c>database.incomplete</c>, <c>lock.*</c>, or what the vault says.</exception>
    public async Task<DatabaseBackupResult> RunAsync(IDatabaseEngine engine, DatabaseBackupType type, Action<FileIssue>? onIssue, CancellationToken cancellationToken)
    {
        if (type == DatabaseBackupType.Log) throw new ArgumentException("A log is not read from the server.", nameof(type));
        var identity = await engine.IdentifyAsync(cancellationToken);
        await using var held = await VaultLock.ShareAsync(vault, time, cancellationToken);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Lost);
        await vault.LoadIndexAsync(ending.Token);
        var before = (await DatabaseCatalog.ListAsync(vault, ending.Token)).Where(entry => entry.IsBase && identity.Owns(entry.Facts));
        var parent = ParentOf(type, before);
        var start = time.GetLocalNow();
        FileIssue? loss = null;
        SavedDatabase saved;
        await using (var online = _online = await engine.BeginAsync(ending.Token))
        {
            saved = await online.SaveAsync(vault, parent, Report, ending.Token);
        }

        // A base that lacks a file is no base: it would fail when it is needed.
        if (!saved.Result.IsComplete)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "database.incomplete", $"The backup of '{identity.Name}' is not complete{(loss is null ? "" : $": {loss.Path}: {loss.Message}")}.",
                "Nothing is recorded. See that the data folder can be read, and start again.");
        }

        var facts = new DatabaseFacts { Engine = identity.Engine, Id = identity.Id, Name = identity.Name, Version = identity.Version, Type = parent is null ? DatabaseBackupType.Full : type, Details = saved.Details };
        var snapshot = DatabaseSnapshots.Make(facts, saved.Result, saved.Paths, parent?.Snapshot, start, time.GetLocalNow());
        return new(new(await (recorder ?? new()).WriteAsync(vault, held, snapshot, cancellationToken), facts), saved.Result.Counts);

        void Report(FileIssue issue)
        {
            if (issue.IsLoss) Interlocked.CompareExchange(ref loss, issue, null);
            onIssue?.Invoke(issue);
        }
    }

    /// <summary>What a backup takes unchanged files from; null when everything is to be read.</summary>
    internal static DatabaseSnapshot? ParentOf(DatabaseBackupType type, IEnumerable<DatabaseSnapshot> bases) => type switch
    {
        DatabaseBackupType.Differential => bases.LastOrDefault(entry => entry.Facts.Type == DatabaseBackupType.Full),
        DatabaseBackupType.Incremental => bases.LastOrDefault(),
        _ => null,
    };
}
