using Holdfast.Agent.Jobs;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;

namespace Holdfast.Agent.Volumes;

/// <summary>
/// What became of the jobs that back shared volumes up, by the ledgers. A job counts when it goes with the volume's role: the same folder on another node is another one, and a backup of that is none of
/// the volume.
/// </summary>
internal sealed class VolumeBackups
{
    private readonly IReadOnlyList<(RoleName? With, string[] Paths, JobLedger? Ledger)> _jobs;

    private VolumeBackups(IReadOnlyList<(RoleName? With, string[] Paths, JobLedger? Ledger)> jobs) => _jobs = jobs;

    public static VolumeBackups Of(ClusterView view) => new(
    [
        .. from role in view.Roles.Values
           let found = JobReading.Find(role.Value)
           where found is { Job.Kind: JobKind.Backup or JobKind.Image or JobKind.Database }
           let resource = found.Value.Resource
           select (
               role.Value.Affinity.FirstOrDefault(affinity => affinity.Required)?.Role,
               (string[])[.. RunReport.SubjectOf(found.Value.Job, resource).Paths, .. ((string?[])[resource.Text("path"), resource.Text("data")]).OfType<string>()],
               view.Ledgers.TryGetValue(found.Value.Job.Name, out var ledger) ? ledger.Value : null),
    ]);

    /// <summary>How the backups of what a role has mounted on a folder go; all null when no job backs it up.</summary>
    public (string? State, DateTimeOffset? Here, DateTimeOffset? Anywhere) Of(RoleName role, string target, NodeName self)
    {
        var ledgers = _jobs.Where(job => job.With == role && job.Paths.Any(path => RoleDisks.IsWithin(path, target) || RoleDisks.IsWithin(target, path))).Select(job => job.Ledger).ToList();
        if (ledgers.Count == 0) return (null, null, null);
        var runs = ledgers.OfType<JobLedger>().SelectMany(ledger => ledger.Runs).ToList();
        var done = runs.Where(run => run is { State: JobState.Completed, Ended: not null }).ToList();
        return (StateOf(runs), done.Where(run => run.Attempt?.Node == self).Max(run => run.Ended), done.Max(run => run.Ended));
    }

    private static string StateOf(IReadOnlyList<JobRun> runs) =>
        runs.Any(run => run.State is JobState.Running or JobState.Resuming) ? "running"
        : runs.Where(run => !run.IsOpen).MaxBy(run => run.Due) is not { } last ? "waiting"
        : last.State switch { JobState.Completed => "ok", JobState.Failed => "failed", _ => "overdue" };
}
