using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Agent.Jobs;

/// <summary>Which properties have a meaning for which kind of job. One that has none is refused: who wrote keep into a backup job would trust that something is kept.</summary>
internal static class JobProperties
{
    private static readonly string[] Always = ["run", "schedule", "zone", "missed", "late", "retries", "days", "not-on", "window", "blackout", "jitter", "caps", "bandwidth", "policy", "thing", .. RunAs.Rules.Select(rule => rule.Name)];
    private static readonly string[] Vault = ["vault", "password-file"];

    /// <summary>Whether a property has a meaning for a kind.</summary>
    public static bool IsOf(JobKind kind, string property) => Always.Contains(property) || (kind != JobKind.Command && Vault.Contains(property)) || OwnOf(kind).Contains(property);

    /// <summary>The kinds for which a property has one.</summary>
    public static IEnumerable<JobKind> KindsOf(string property) => Enum.GetValues<JobKind>().Where(kind => IsOf(kind, property));

    private static string[] OwnOf(JobKind kind) => kind switch
    {
        JobKind.Command => ["command"],
        JobKind.Backup => ["paths", "volumes", "exclude", "tags", "host", "source"],
        JobKind.Database => ["database", "engine", "type", "full-every", "data", "spool", "superuser", "socket", "programs", "tags"],
        JobKind.Prune => ["keep", "group-by", "delay", "max-unused", "host"],
        JobKind.Check => ["read", "history"],
        _ => ["scratch", "sample", "host", "tags", "programs"],
    };
}
