using System.Collections.Frozen;

namespace Holdfast.Cluster.Access;

/// <summary>What each request of the node API needs. Whatever is not named here and changes something needs an administrator, so that a new request is closed until somebody decides otherwise.</summary>
public static class AccessRules
{
    private static readonly FrozenSet<string> ForOperators = FrozenSet.Create(
        "/v1/nodes/{node}/pause", "/v1/nodes/{node}/resume", "/v1/nodes/{node}/drain", "/v1/nodes/{node}/test",
        "/v1/roles/{role}/move", "/v1/roles/{role}/start", "/v1/roles/{role}/stop", "/v1/roles/{role}/rehearse",
        "/v1/roles/{role}/failback", "/v1/roles/{role}/stay", "/v1/roles/{role}/maintenance", "/v1/cluster/maintenance",
        "/v1/jobs/{job}/run", "/v1/jobs/{job}/pause", "/v1/jobs/{job}/resume", "/v1/jobs/{job}/cancel", "/v1/schedulers/{node}/start", "/v1/schedulers/{node}/stop",
        "/v1/roles/{role}/resources/{resource}/online", "/v1/roles/{role}/resources/{resource}/offline", "/v1/roles/{role}/resources/{resource}/restart");

    // What is read there is everything that the cluster has, sealed secrets included, and what passwords are compared with.
    private static readonly FrozenSet<string> ReadByAdministrators = FrozenSet.Create("/v1/backup", "/v1/management/documents");

    // The management service judges each of its requests itself, by the level that comes along.
    private static readonly FrozenSet<string> JudgedElsewhere = FrozenSet.Create("/v1/management/service/{**path}");

    // They change nothing; or the management service, which has judged them, says in its own audit who changed what.
    private static readonly FrozenSet<string> Unrecorded = FrozenSet.Create(
        "/v1/nodes/{node}/look", "/v1/nodes/{node}/test", "/v1/management/documents", "/v1/management/documents/{name}", "/v1/management/service/{**path}");

    // With dryRun=true they say what they would change; to any other request that word means nothing.
    private static readonly FrozenSet<string> CanBeTried = FrozenSet.Create("/v1/apply");

    /// <summary>Whether the audit gets a record of a request that changes something.</summary>
    /// <param name="route">The route's pattern; null when there is no such route.</param>
    /// <param name="dryRun">Whether its query says <c>dryRun=true</c>.</param>
    public static bool IsRecorded(string? route, bool dryRun) => route is null || !(Unrecorded.Contains(route) || (dryRun && CanBeTried.Contains(route)));

    /// <summary>The lowest level that may send a request.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="route">The route's pattern; null when there is no such route.</param>
    public static AccessLevel Needed(string method, string? route) =>
        route is not null && ReadByAdministrators.Contains(route) ? AccessLevel.Admin
        : route is not null && JudgedElsewhere.Contains(route) ? AccessLevel.Viewer
        : method is "GET" or "HEAD" ? AccessLevel.Viewer : route is not null && ForOperators.Contains(route) ? AccessLevel.Operator : AccessLevel.Admin;
}
