using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>The snapshot of a run: each run has one, however many attempts it takes.</summary>
internal static class RunSnapshots
{
    /// <summary>Tags a snapshot with its run, so that one which the ledger does not know can be told apart.</summary>
    public const string RunTag = "hf:run=";

    /// <summary>What writes it: with the run's tags and its machine, and once the ledger has granted its name.</summary>
    public static SnapshotRecorder RecorderTo(this WorkerAssignment assignment, WorkerTalk talk) =>
        new() { Tags = [.. assignment.List("tags"), RunTag + assignment.Run], Machine = (assignment.Node, assignment.SharedVolumes), Claim = talk.ClaimAsync };

    /// <summary>The result of a run whose snapshot an attempt before this one had written; null when there is none.</summary>
    /// <param name="assignment">The run.</param>
    /// <param name="snapshots">All of the vault.</param>
    public static WorkerMessage.Result? FindWritten(this WorkerAssignment assignment, IEnumerable<Snapshot> snapshots) =>
        // By its lasting id: somebody may have tagged it since.
        assignment.Claimed is { } claimed && snapshots.Any(snapshot => snapshot.Id == claimed || snapshot.LastingId == claimed)
            ? new WorkerMessage.Result(Completed: true, $"snapshot {claimed[..8]} was written by an attempt before this one", Snapshot: claimed) : null;
}
