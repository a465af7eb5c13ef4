using Holdfast.Cluster.Jobs;

namespace Holdfast.Agent.Jobs;

/// <summary>Which properties have a meaning for which kind of job. One that has none is refused: who wrote keep into a backup job would trust that something is kept.</summary>
internal static class JobProperties
{
    private static readonly string[] Vault = ["vault", "password-file"];

    /// <summary>Whether a property has a meaning for a kind. What is no kind's own is every kind's.</summary>
    public static bool IsOf(JobKind kind, string property) => OwnOf(kind).Contains(property) || !IsSomeKinds(property);

    /// <summary>Whether a property is some kind's own, and not every kind's.</summary>
    public static bool IsSomeKinds(string property) => Enum.GetValues<JobKind>().Any(kind => OwnOf(kind).Contains(property));

    /// <summary>The kinds for which a property has one.</summary>
    public static IEnumerable<JobKind> KindsOf(string property) => Enum.GetValues<JobKind>().Where(kind => IsOf(kind, property));

    private static IEnumerable<string> OwnOf(JobKind kind) => kind switch
    {
        JobKind.Command => ["command"],
        JobKind.Backup => [.. Vault, "paths", "volumes", "exclude", "tags", "host", "source"],
        JobKind.Image => [.. Vault, "path", "tags", "host"],
        JobKind.Database => [.. Vault, "database", "engine", "type", "full-every", "data", "spool", "superuser", "socket", "programs", "tags"],
        JobKind.Prune => [.. Vault, "keep", "group-by", "delay", "max-unused", "host"],
        JobKind.Check => [.. Vault, "read", "history"],
        _ => [.. Vault, "scratch", "sample", "host", "tags", "programs"],
    };
}
