using System.Collections.Immutable;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Cluster.Planning;

/// <summary>A record with the store revision that last changed it.</summary>
public readonly record struct Versioned<T>(T Value, long Revision);

/// <summary>One cut through the store: every record as of one revision (leases rule 8).</summary>
public sealed record ClusterView
{
    /// <summary>Gets the revision of the cut.</summary>
    public required long Revision { get; init; }

    /// <summary>Gets the settings; null before <c>cluster create</c> finished.</summary>
    public ClusterSettings? Settings { get; init; }

    /// <summary>Gets the revision of the settings; 0 when there are none.</summary>
    public long SettingsRevision { get; init; }
    /// <summary>Gets who may do what.</summary>
    public AccessRecord Access { get; init; } = AccessRecord.Empty;

    public ImmutableSortedDictionary<NodeName, Versioned<NodeRecord>> Nodes { get; init; } = ImmutableSortedDictionary<NodeName, Versioned<NodeRecord>>.Empty;

    public ImmutableSortedDictionary<NodeName, Versioned<LeaseRecord>> Leases { get; init; } = ImmutableSortedDictionary<NodeName, Versioned<LeaseRecord>>.Empty;

    public ImmutableSortedDictionary<RoleName, Versioned<RoleSpec>> Roles { get; init; } = ImmutableSortedDictionary<RoleName, Versioned<RoleSpec>>.Empty;

    public ImmutableSortedDictionary<RoleName, Versioned<Placement>> Placements { get; init; } = ImmutableSortedDictionary<RoleName, Versioned<Placement>>.Empty;

    public ImmutableSortedDictionary<RoleName, Versioned<RoleStatus>> Statuses { get; init; } = ImmutableSortedDictionary<RoleName, Versioned<RoleStatus>>.Empty;

    /// <summary>Gets what nodes say of their own health; a node that is well may have said nothing.</summary>
    public ImmutableSortedDictionary<NodeName, Versioned<NodeHealth>> Health { get; init; } = ImmutableSortedDictionary<NodeName, Versioned<NodeHealth>>.Empty;

    /// <summary>Gets the build that each node runs, as it said when it last had a lease.</summary>
    public ImmutableSortedDictionary<NodeName, Versioned<NodeBuild>> Builds { get; init; } = ImmutableSortedDictionary<NodeName, Versioned<NodeBuild>>.Empty;

    /// <summary>Gets what became of the runs of each job; the planner has no use for it.</summary>
    public ImmutableSortedDictionary<RoleName, Versioned<JobLedger>> Ledgers { get; init; } = ImmutableSortedDictionary<RoleName, Versioned<JobLedger>>.Empty;

    /// <summary>Gets the named calendars; the planner has no use for them.</summary>
    public ImmutableSortedDictionary<string, Versioned<NamedCalendar>> Calendars { get; init; } = ImmutableSortedDictionary.Create<string, Versioned<NamedCalendar>>(StringComparer.Ordinal);

    /// <summary>Gets the nodes that take no schedules.</summary>
    public ImmutableSortedDictionary<NodeName, Versioned<SchedulerStop>> StoppedSchedulers { get; init; } = ImmutableSortedDictionary<NodeName, Versioned<SchedulerStop>>.Empty;

    /// <summary>Gets the revision of the one key that every planner commit compares and advances (leases rule 13); 0 when it does not exist yet.</summary>
    public long PlannerRevision { get; init; }

    /// <summary>A view of an empty store.</summary>
    public static ClusterView Empty { get; } = new() { Revision = 0 };

    /// <summary>What a node is set to, whether or not anybody set anything.</summary>
    public NodeSettings SettingsOf(NodeName node) => Nodes.TryGetValue(node, out var record) && record.Value.Settings is { } settings ? settings : NodeSettings.None;

    /// <summary>Whether nothing happened since an earlier view but that live nodes renewed. May say no when it is so, never yes when it is not.</summary>
    public bool IsOnlyRenewedSince(ClusterView earlier) =>
        this with { Revision = earlier.Revision, Leases = earlier.Leases } == earlier
        && Leases.Count == earlier.Leases.Count
        && Leases.Values.All(lease => earlier.Leases.TryGetValue(lease.Value.Node, out var before) && (before.Revision == lease.Revision || IsRenewal(before.Value, lease.Value)));

    private static bool IsRenewal(LeaseRecord before, LeaseRecord after) => before.State == LeaseState.Live && after with { Nonce = before.Nonce, CopyMark = before.CopyMark } == before;
}

/// <summary>When this node first received a lease's present revision, on its own clocks (leases rule 2).</summary>
public readonly record struct LeaseObservation(long Revision, ClockReading FirstSeen);

/// <summary>What this node saw for itself, and its clocks now. Never compared with another machine's.</summary>
public sealed record Observations
{
    /// <summary>Gets this node's clocks now.</summary>
    public required ClockReading Now { get; init; }

    /// <summary>Gets the wall clock now: for windows and budgets only, never for safety.</summary>
    public required DateTimeOffset Wall { get; init; }

    /// <summary>Gets, for each node, when its lease's present revision was first received.</summary>
    public ImmutableDictionary<NodeName, LeaseObservation> Leases { get; init; } = ImmutableDictionary<NodeName, LeaseObservation>.Empty;
}
