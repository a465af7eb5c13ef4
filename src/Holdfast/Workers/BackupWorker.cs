using System.Collections.Immutable;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.VolumeSnapshots;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Backs up trees to a vault. Blobs are written as they come: those of a worker that came too late harm nobody. The snapshot is sealed first, its name is claimed in the ledger,
/// and only then it is written.
/// </summary>
internal sealed class BackupWorker(TimeProvider time) : IWorker
{
    // A MiB below what is promised: what an attempt reads of the vault to go on counts too.
    private const long CheckpointBytes = 63 * 1024 * 1024;

    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var (paths, excludes) = Protected(assignment);
        await using var opened = await WorkerVault.OpenAsync(assignment, exclusive: false, talk, time, stop);
        return await opened.WhileLockedAsync(() => RunLockedAsync(assignment, opened, paths, excludes, talk, stop));
    }

    private async Task<WorkerMessage.Result> RunLockedAsync(WorkerAssignment assignment, WorkerVault opened, IReadOnlyList<string> paths, IReadOnlyList<string> excludes, WorkerTalk talk, CancellationToken stop)
    {
        var (vault, working) = (opened.Repository, opened.Working);
        // The index before the snapshots: what a snapshot of the list needs is then in the index.
        await vault.LoadIndexAsync(working);
        var snapshots = await LateSnapshots.ReapAsync(vault, await SnapshotFiles.ListAsync(vault, (_, _) => { }, working), assignment.Late, talk.Log, working);
        if (assignment.FindWritten(snapshots) is { } written) return written;

        var host = assignment.Text("host") ?? assignment.Job;
        var filter = new SnapshotFilter { Hosts = [host], Paths = paths };
        var before = snapshots.LastOrDefault(filter.Matches);
        var resume = await CheckpointStore.ReadAsync(vault, assignment.Checkpoint, working);
        talk.Log($"backs up {string.Join(", ", paths)}{(before is null ? "" : $", since snapshot {before.ShortId}")}{(resume is null ? "" : $", from {resume.SavedBytes} bytes on")}");
        await using var held = await HeldTrees.TakeAsync(paths, excludes, SourceOf(assignment), assignment.Job, $"{assignment.Run}-{assignment.Attempt}", talk.Log, time, working);
        // Where the volume goes nobody waits for a backup: the state is gone before its reader is.
        await using var drop = stop.UnsafeRegister(static trees => _ = ((HeldTrees)trees!).DropAsync(), held);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(working, held.Lost);
        if (held.IsHeld && resume is not null) talk.Log("goes on in a later state of the volume: what was read before is as it was then");
        var backup = new TreeBackup(vault, vault, new Chunker(vault.Config.ChunkerPolynomial), time);
        var (begun, issues) = (time.GetUtcNow(), 0L);
        var request = new BackupRequest
        {
            Sources = held.Sources, Filter = new SourceFilter { Excludes = new PatternList(held.IsHeld ? [.. excludes, HeldTrees.OwnFiles] : excludes) }, Parent = before?.Tree, Resume = resume,
            Zone = TimeZoneInfo.Utc, // The same on every node, or a change of the owner would change every tree.
            CountTotals = true, CheckpointBytes = CheckpointBytes,
            OnCheckpoint = async (checkpoint, cancellationToken) => await talk.CheckpointAsync(await CheckpointStore.WriteAsync(vault, checkpoint, cancellationToken), cancellationToken),
            OnIssue = issue =>
            {
                Interlocked.Increment(ref issues);
                talk.Log($"{issue.Path}: {issue.Message}");
            },
        };
        var result = await talk.WhileTellingAsync(backup.Meter.Read, time, () => backup.RunAsync(request, reading.Token));
        var snapshot = await assignment.RecorderTo(talk).WriteAsync(vault, opened.Lock, SnapshotOf(assignment, host, paths, excludes, before, result, begun), working);
        var counts = result.Counts;
        return new WorkerMessage.Result(
            Completed: true, result.IsComplete ? $"snapshot {snapshot.ShortId}" : $"snapshot {snapshot.ShortId}, but not everything could be read: see the job's log", Snapshot: snapshot.Id,
            Figures: ImmutableSortedDictionary<string, long>.Empty.Add("files", counts.Files).Add("bytes", counts.ProcessedBytes).Add("bytesRead", counts.ReadBytes).Add("bytesAdded", counts.AddedPackedBytes)
                .Add("issues", issues).Add("incremental", before is null ? 0 : 1).Add("snapshotUnixSeconds", begun.ToUnixTimeSeconds()).Add("milliseconds", (long)(time.GetUtcNow() - begun).TotalMilliseconds));
    }

    private Snapshot SnapshotOf(WorkerAssignment assignment, string host, IReadOnlyList<string> paths, IReadOnlyList<string> excludes, Snapshot? before, BackupResult result, DateTimeOffset begun) => new()
    {
        Time = begun, Tree = result.Tree, Parent = before is not null && BlobId.TryParse(before.Id, out var parent) ? parent : null, Paths = paths, Hostname = host, Username = Environment.UserName,
        Excludes = excludes, Summary = result.Counts.ToSummary(begun, time.GetUtcNow()),
        Facts = new SnapshotFacts { Type = before is null ? SnapshotType.Full : SnapshotType.Incremental, DeltaBytes = result.Counts.AddedBytes, UsedBytes = result.Counts.ProcessedBytes },
    };

    /// <summary>What is read.</summary>
    internal static TreeSource SourceOf(WorkerAssignment assignment) => assignment.Text("source") switch
    {
        null or "auto" => TreeSource.Auto,
        "live" => TreeSource.Live,
        "snapshot" => TreeSource.Snapshot,
        var other => throw new HoldfastException(ErrorKind.Invalid, "backup.bad-source", $"source is '{other}'.", "Write auto, live or snapshot."),
    };

    /// <summary>What is backed up, and what of it is not: paths, and volumes that one setting puts in or out.</summary>
    private static (IReadOnlyList<string> Paths, IReadOnlyList<string> Excludes) Protected(WorkerAssignment assignment)
    {
        var volumes = assignment.Map("volumes");
        var (wanted, unwanted) = (volumes.Where(volume => volume.Value == "in").Select(volume => volume.Key), volumes.Where(volume => volume.Value == "out").Select(volume => volume.Key).ToList());
        string[] paths = [.. assignment.List("paths").Concat(wanted).Where(path => !unwanted.Contains(path)).Distinct().Order(StringComparer.Ordinal)];
        if (paths.Length == 0) throw new HoldfastException(ErrorKind.Invalid, "backup.no-sources", $"Every volume of job {assignment.Job} is out.", "Put one in: volumes: { /path: in }.");
        return (paths, [.. assignment.List("exclude"), .. unwanted]);
    }
}
