using System.Collections.Immutable;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Patterns;
using Holdfast.Store;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Backs up trees to a vault. Blobs are written as they come: those of a worker that came too late harm nobody. The snapshot is sealed first, its name is claimed in the ledger,
/// and only then it is written.
/// </summary>
internal sealed class BackupWorker(TimeProvider time) : IWorker
{
    /// <summary>Tags a snapshot with its run, so that one which the ledger does not know can be told apart.</summary>
    public const string RunTag = "hf:run=";

    private const long CheckpointBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(1);

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
        // By its lasting id: somebody may have tagged it since.
        if (assignment.Claimed is { } claimed && snapshots.Any(snapshot => snapshot.Id == claimed || snapshot.LastingId == claimed))
            return new WorkerMessage.Result(Completed: true, $"snapshot {claimed[..8]} was written by an attempt before this one", Snapshot: claimed);

        var host = assignment.Text("host") ?? assignment.Job;
        var filter = new SnapshotFilter { Hosts = [host], Paths = paths };
        var before = snapshots.LastOrDefault(filter.Matches);
        var resume = await CheckpointStore.ReadAsync(vault, assignment.Checkpoint, working);
        talk.Log($"backs up {string.Join(", ", paths)}{(before is null ? "" : $", since snapshot {before.ShortId}")}{(resume is null ? "" : $", from {resume.SavedBytes} bytes on")}");
        var backup = new TreeBackup(vault, vault, new Chunker(vault.Config.ChunkerPolynomial), time);
        var (begun, issues) = (time.GetUtcNow(), 0L);
        using var telling = CancellationTokenSource.CreateLinkedTokenSource(working);
        var progress = TellAsync(backup.Meter, talk, telling.Token);
        BackupResult result;
        try
        {
            result = await backup.RunAsync(
                new BackupRequest
                {
                    Sources = [.. paths.Select(path => new BackupSource(path))], Filter = new SourceFilter { Excludes = new PatternList(excludes) }, Parent = before?.Tree, Resume = resume,
                    Zone = TimeZoneInfo.Utc, // The same on every node, or a change of the owner would change every tree.
                    CountTotals = true, CheckpointBytes = CheckpointBytes,
                    OnCheckpoint = async (checkpoint, cancellationToken) => await talk.CheckpointAsync(await CheckpointStore.WriteAsync(vault, checkpoint, cancellationToken), cancellationToken),
                    OnIssue = issue =>
                    {
                        Interlocked.Increment(ref issues);
                        talk.Log($"{issue.Path}: {issue.Message}");
                    },
                },
                working);
        }
        finally
        {
            await telling.CancelAsync();
            await progress;
        }

        var snapshot = vault.Prepare(VaultFileKind.Snapshot, SnapshotJson.Write(SnapshotOf(assignment, host, paths, excludes, before, result, begun)));
        await talk.ClaimAsync(snapshot.File.Name, working);
        await opened.Lock.EnsureHeldAsync(working); // Last of all, for the answer may have taken long: a prune in between would have taken what the snapshot needs.
        await vault.SaveAsync(snapshot, CancellationToken.None); // It is granted: half a write would only be looked for in vain.
        var counts = result.Counts;
        return new WorkerMessage.Result(
            Completed: true, result.IsComplete ? $"snapshot {snapshot.File.Name[..8]}" : $"snapshot {snapshot.File.Name[..8]}, but not everything could be read: see the job's log", Snapshot: snapshot.File.Name,
            Figures: ImmutableSortedDictionary<string, long>.Empty.Add("files", counts.Files).Add("bytes", counts.ProcessedBytes).Add("bytesRead", counts.ReadBytes).Add("bytesAdded", counts.AddedPackedBytes)
                .Add("issues", issues).Add("incremental", before is null ? 0 : 1).Add("snapshotUnixSeconds", begun.ToUnixTimeSeconds()).Add("milliseconds", (long)(time.GetUtcNow() - begun).TotalMilliseconds));
    }

    private Snapshot SnapshotOf(WorkerAssignment assignment, string host, IReadOnlyList<string> paths, IReadOnlyList<string> excludes, Snapshot? before, BackupResult result, DateTimeOffset begun) => new()
    {
        Time = begun, Tree = result.Tree, Parent = before is not null && BlobId.TryParse(before.Id, out var parent) ? parent : null, Paths = paths, Hostname = host, Username = Environment.UserName,
        Excludes = excludes, Tags = [.. assignment.List("tags"), RunTag + assignment.Run], Summary = result.Counts.ToSummary(begun, time.GetUtcNow()),
        Facts = new SnapshotFacts { Type = before is null ? SnapshotType.Full : SnapshotType.Incremental, DeltaBytes = result.Counts.AddedBytes, UsedBytes = result.Counts.ProcessedBytes, Node = assignment.Node },
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

    private async Task TellAsync(BackupMeter meter, WorkerTalk talk, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await time.PauseAsync(ProgressPause, cancellationToken);
            var now = meter.Read();
            talk.Progress(new WorkerMessage.Progress(now.BytesDone, now.TotalsAreKnown ? now.TotalBytes : null, now.BytesPerSecond, now.Remaining?.TotalSeconds, now.CurrentPath));
        }
    }
}
