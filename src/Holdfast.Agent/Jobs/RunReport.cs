using Holdfast.Agent.Api;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Jobs;

/// <summary>Runs of jobs for people and for history.</summary>
internal static class RunReport
{
    /// <summary>A run as people see it.</summary>
    public static RunInfo Describe(JobRun run) => new(
        run.Id, run.Due, run.State, run.Reason, run.Attempt?.Node.Value, run.Attempt?.Number ?? 0, run.Resumed, run.Retried, run.Started, run.Ended, run.Snapshot, run.Figures);

    /// <summary>What runs of a job are about now; it may be declared otherwise by the time somebody looks.</summary>
    public static RunSubject SubjectOf(JobSpec job, ResourceSpec resource)
    {
        var volumes = resource.Map("volumes");
        return new RunSubject(
            JobReading.WordOf(job.Kind), resource.Text("vault"), HostOf(job, resource),
            [.. resource.List("paths").Concat(volumes.Where(volume => volume.Value == "in").Select(volume => volume.Key)).Except(volumes.Where(volume => volume.Value == "out").Select(volume => volume.Key))],
            [.. resource.List("tags")]);
    }

    // A database's chain is its name's, wherever it runs.
    private static string? HostOf(JobSpec job, ResourceSpec resource) => job.Kind switch
    {
        JobKind.Backup or JobKind.Image => resource.Text("host") ?? job.Name.Value,
        JobKind.Database => resource.Text("database"),
        _ => null,
    };

    /// <summary>What history keeps of a run.</summary>
    public static JournalData? EntryOf(RoleName job, RunSubject? subject, JobRun? run, string? proved = null) =>
        subject is null || run is null ? null : new JournalData(Run: new RunEntry(job.Value, subject, Describe(run), proved));
}
