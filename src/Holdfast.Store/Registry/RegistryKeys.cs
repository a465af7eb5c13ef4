using Holdfast.Cluster.Naming;

namespace Holdfast.Store.Registry;

/// <summary>The keys of the cluster's records, relative to the store's root (DESIGN section 5).</summary>
public static class RegistryKeys
{
    public const string Nodes = "nodes/";
    public const string Leases = "leases/";
    public const string Roles = "roles/";
    public const string Placements = "placements/";
    public const string Statuses = "status/";
    public const string Healths = "health/";
    public const string Builds = "builds/";
    public const string Secrets = "secrets/";
    public const string Tokens = "tokens/";
    public const string Jobs = "jobs/";
    public const string Ledgers = "ledger/";

    /// <summary>Where the open run of each job is.</summary>
    public const string Checkpoints = "checkpoints/";

    /// <summary>In which trace a run of each job is.</summary>
    public const string Traces = "traces/";

    /// <summary>Who is at work within each concurrency cap.</summary>
    public const string Caps = "caps/";

    /// <summary>Days under a name.</summary>
    public const string Calendars = "calendars/";

    /// <summary>Which nodes take no schedules.</summary>
    public const string Schedulers = "schedulers/";
    public const string Vaults = "vaults/";

    /// <summary>The documents of the management service.</summary>
    public const string Management = "management/";
    public const string SettingsPrefix = "settings/";

    /// <summary>The name that the key of the cluster's authority is sealed under.</summary>
    public const string AuthorityName = "authority-key";

    /// <summary>The key of the cluster's authority, sealed.</summary>
    public const string AuthorityKey = Secrets + AuthorityName;
    public const string Audit = "audit/";

    /// <summary>What <c>holdfast doctor</c> tries commits with.</summary>
    public const string Doctor = "doctor/";

    /// <summary>What holds for the whole cluster.</summary>
    public const string Settings = "settings/cluster";

    /// <summary>The certificates of evicted nodes.</summary>
    public const string Revoked = "settings/revoked";

    /// <summary>The cluster key since it was last rotated, sealed to each node.</summary>
    public const string ClusterKey = "settings/cluster-key";

    /// <summary>Who may do what.</summary>
    public const string Access = "settings/access";

    /// <summary>The one key that every planner commit compares and advances (leases rule 13).</summary>
    public const string Planner = "settings/planner";

    public static string Node(NodeName node) => Nodes + node.Value;

    public static string Lease(NodeName node) => Leases + node.Value;

    public static string Health(NodeName node) => Healths + node.Value;

    public static string Build(NodeName node) => Builds + node.Value;

    public static string Role(RoleName role) => Roles + role.Value;

    public static string Placement(RoleName role) => Placements + role.Value;

    public static string Ledger(RoleName job) => Ledgers + job.Value;

    public static string Checkpoint(RoleName job) => Checkpoints + job.Value;

    public static string Trace(RoleName job) => Traces + job.Value;

    public static string Calendar(string name) => Calendars + name;

    public static string Scheduler(NodeName node) => Schedulers + node.Value;

    /// <param name="node">The node, of the group that is each node's own; null for the others.</param>
    public static string Cap(string group, NodeName? node) => node is null ? Caps + group : $"{Caps}{group}.{node}"; // No name has a full stop.

    /// <summary>Who began on a node that is set to run so many jobs at once.</summary>
    public static string JobsOf(NodeName node) => Cap("", node); // No group is called so.

    public static string Status(RoleName role) => Statuses + role.Value;
}
