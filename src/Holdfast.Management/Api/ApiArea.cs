using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Holdfast.Management.Api;

/// <summary>
/// The areas of the API, to some of which a token can be limited: the one table of what belongs where, from which requests are guarded and the document has its tags. An area limits what is asked
/// for, not what a program may do that was declared with it: whoever may declare roles runs what they like.
/// </summary>
internal static class ApiArea
{
    public const string Cluster = "cluster";
    public const string Jobs = "jobs";
    public const string Policies = "policies";
    public const string Vaults = "vaults";
    public const string History = "history";
    public const string Alerts = "alerts";
    public const string People = "people";
    public const string Settings = "settings";
    public const string Metrics = "metrics";

    /// <summary>How the codes of refusals begin; the area that is missing follows.</summary>
    public const string CodePrefix = "access.area-";

    /// <summary>Gets all of them, with what is in each.</summary>
    public static ImmutableArray<(string Name, string Meaning)> All { get; } =
    [
        (Cluster, "Nodes, machines and roles: how they are, and what is done with them."),
        (Jobs, "Jobs, their schedulers and calendars."),
        (Policies, "Policies, and what they protect."),
        (Vaults, "Vaults, snapshots and restores."),
        (History, "What was: runs, events, owners, changes, charts."),
        (Alerts, "Alerts, their rules, channels and mutes."),
        (People, "Who may do what, and what waits for a second person."),
        (Settings, "How the service is set."),
        (Metrics, "Figures for a monitoring system."),
    ];

    /// <summary>Gets the names of all of them.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(area => area.Name)];

    // What makes somebody whom no area limits: a person who signs in, an account, a node, the grants of a backup. Nobody gives more than they have.
    private static readonly FrozenSet<string> Unlimited = FrozenSet.Create(StringComparer.Ordinal, "POST /session", "PUT /people/{name}", "POST /access", "POST /tokens/join", "POST /restore");

    /// <summary>The areas that a request is in, its own first; who is limited to some needs all of these.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path below <c>/api/v1</c>, with parameters in braces.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is in none: the table lacks it.</exception>
    public static ImmutableArray<string> Of(string method, string path) => Unlimited.Contains($"{method} {path}") ? [.. Own(path).Union(Names)] : Own(path);

    /// <summary>Refuses who is limited to areas that are not all of those of a request.</summary>
    /// <param name="who">As the audit shows them.</param>
    /// <param name="limits">The areas that they are limited to; empty for all.</param>
    /// <param name="needed">The areas of the request.</param>
    /// <exception cref="HoldfastException">Code <c>access.area-AREA</c>, of the first that is missing.</exception>
    public static void Require(string who, ImmutableArray<string> limits, ImmutableArray<string> needed)
    {
        if (limits.IsEmpty || needed.FirstOrDefault(area => !limits.Contains(area)) is not { } missing) return;
        throw new HoldfastException(ErrorKind.Forbidden, CodePrefix + missing, $"This is in the area {missing}, and {who} is limited to {string.Join(", ", limits)}.", "Use a token that has this area, or one that is not limited.");
    }

    private static ImmutableArray<string> Own(string path) => path.Split('/')[1] switch
    {
        "agent" or "cluster" or "nodes" or "machines" or "roles" or "what-if" or "failures" or "doctor" or "upgrade" or "profile" or "backup" or "restore" => [Cluster],
        "jobs" or "schedulers" or "calendars" => [Jobs],
        "policies" or "things" => [Policies],
        "vaults" or "snapshots" or "databases" or "restores" => [Vaults],
        "operations" or "events" or "history" or "charts" or "audit" => [History],
        "alerts" or "alert-rules" or "channels" or "mutes" => [Alerts],
        "session" or "people" or "tokens" or "access" or "acts" or "approvals" => [People],
        "settings" or "database" => [Settings],
        "metrics" => [Metrics],
        "apply" => [Cluster, Jobs, Policies],
        "overview" => [Cluster, Jobs, Policies, Alerts, People],
        "stream" => [Cluster, History, Alerts, People],
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "is in no area"),
    };
}
