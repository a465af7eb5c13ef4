using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.Databases;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Backs up the database server that runs here, or its log. The chain is the name's, so it goes on wherever the database's role goes. An online backup belongs to its session with the server:
/// an attempt after the first reads anew, and what was stored before is found in the vault.
/// </summary>
internal sealed class DatabaseWorker(TimeProvider time) : IWorker
{
    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var (name, type) = (assignment.Needed("database"), assignment.Text("type") ?? "incremental");
        await using var opened = await WorkerVault.OpenAsync(assignment, exclusive: false, talk, time, stop);
        return await opened.WhileLockedAsync(async () =>
        {
            var snapshots = await SnapshotFiles.ListAsync(opened.Repository, (_, _) => { }, opened.Working);
            // A piece of log is never removed for being late: it may be the only copy of what is in it, and twice harms nobody.
            var bases = snapshots.Where(snapshot => DatabaseFacts.Of(snapshot)?.Type != DatabaseBackupType.Log).ToList();
            await LateSnapshots.ReapAsync(opened.Repository, bases, assignment.Late, talk.Log, opened.Working);
            if (assignment.FindWritten(snapshots) is { } written) return written;
            var begun = time.GetTimestamp();
            var result = type == "log" ? await SaveLogAsync(assignment, name, opened, talk) : await SaveBaseAsync(assignment, name, TypeOf(type, assignment, name, snapshots, talk), opened, talk);
            if (result is null) return new WorkerMessage.Result(Completed: true, $"there was no new log of {name}");
            var (facts, counts) = (result.Saved.Facts, result.Counts);
            return new WorkerMessage.Result(
                Completed: true, $"{DatabaseFacts.TypeText(facts.Type)} backup of {name}, snapshot {result.Saved.Snapshot.ShortId}", Snapshot: result.Saved.Snapshot.Id,
                Figures: ImmutableSortedDictionary<string, long>.Empty.Add("files", counts.Files).Add("bytes", counts.ProcessedBytes).Add("bytesRead", counts.ReadBytes).Add("bytesAdded", counts.AddedPackedBytes)
                    .Add("milliseconds", (long)time.GetElapsedTime(begun).TotalMilliseconds));
        });
    }

    private Task<DatabaseBackupResult?> SaveLogAsync(WorkerAssignment assignment, string name, WorkerVault opened, WorkerTalk talk)
    {
        var folder = assignment.Needed("spool");
        // Of a disk that is not mounted nobody must think that there was nothing to save.
        if (!Directory.Exists(folder)) throw new HoldfastException(ErrorKind.NotFound, "database.spool-missing", $"There is no folder '{folder}', to which the log of '{name}' is archived.", "See archive_command and spool; they must name the same folder, on the disk that goes with the database.");
        return new PostgresLogBackup(opened.Repository, time, assignment.RecorderTo(talk)).RunAsync(name, new WalSpool(folder), opened.Working);
    }

    private async Task<DatabaseBackupResult?> SaveBaseAsync(WorkerAssignment assignment, string name, DatabaseBackupType type, WorkerVault opened, WorkerTalk talk)
    {
        var engine = DatabaseEngines.Running(
            assignment.Text("engine") ?? PostgresEngine.EngineName, name, assignment.Needed("data"), assignment.Text("superuser"), assignment.Text("socket"), assignment.Text("programs"), time);
        if (assignment.Attempt > 1) talk.Log($"begins again, attempt {assignment.Attempt}: an online backup cannot be gone on with by another session; what was stored is found in the vault");
        var backup = new DatabaseBackup(opened.Repository, time, assignment.RecorderTo(talk));
        return await talk.WhileTellingAsync(() => backup.Progress, time, () => backup.RunAsync(engine, type, issue => talk.Log($"{issue.Path}: {issue.Message}"), opened.Working));
    }

    /// <summary>How old the last full backup may be; null for any age.</summary>
    internal static TimeSpan? FullEvery(WorkerAssignment assignment) => assignment.Text("full-every") is not { } text ? null
        : Durations.TryParse(text, out var longest) && longest > TimeSpan.Zero ? longest : throw new HoldfastException(ErrorKind.Invalid, "database.bad-full-every", $"full-every: {Durations.Complaint(text)}", "Write one such as 7d.");

    private DatabaseBackupType TypeOf(string type, WorkerAssignment assignment, string name, IReadOnlyList<Snapshot> snapshots, WorkerTalk talk)
    {
        var wanted = type switch { "full" => DatabaseBackupType.Full, "differential" => DatabaseBackupType.Differential, _ => DatabaseBackupType.Incremental };
        if (wanted == DatabaseBackupType.Full || FullEvery(assignment) is not { } longest) return wanted;
        var last = DatabaseCatalog.Of(snapshots).LastOrDefault(entry => entry.Facts.Name == name && entry.Facts.Type == DatabaseBackupType.Full);
        if (last is not null && time.GetUtcNow() - last.Snapshot.Time < longest) return wanted;
        talk.Log(last is null ? "there is no full backup yet: this is one" : $"the last full backup is of {last.Snapshot.Time.UtcDateTime:yyyy-MM-dd HH:mm}Z: this is one again");
        return DatabaseBackupType.Full;
    }
}
