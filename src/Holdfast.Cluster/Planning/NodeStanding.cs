using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Cluster.Planning;

/// <summary>What one observer makes of a node's lease.</summary>
internal enum LeaseStanding
{
    /// <summary>There is no lease record.</summary>
    None,

    /// <summary>Renewed, as far as can be known here.</summary>
    Live,

    /// <summary>Condemned, and still counting.</summary>
    Closing,

    /// <summary>Seen unchanged for its duration and margin: over, but not recorded as ended yet.</summary>
    Silent,

    /// <summary>Recorded as ended.</summary>
    Ended,
}

/// <summary>A node as one observer sees it now.</summary>
/// <param name="Node">The node.</param>
/// <param name="Record">Its record; null when it is no node of this cluster.</param>
/// <param name="Lease">Its lease.</param>
/// <param name="Standing">The verdict on the lease.</param>
/// <param name="Counted">How long the lease's present revision has been seen unchanged; null when the count has not started.</param>
internal sealed record NodeStanding(NodeName Node, NodeRecord? Record, Versioned<LeaseRecord>? Lease, LeaseStanding Standing, TimeSpan? Counted)
{
    /// <summary>Gets the quarantine that it is in now.</summary>
    public Quarantine? Quarantine { get; init; }

    /// <summary>Gets what runs out on it, as the end of a sentence that starts with its name; null when nothing does.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets that it takes no schedules; null when it does.</summary>
    public SchedulerStop? SchedulerStop { get; init; }

    /// <summary>Gets whether it is as good as any: what is not so is given roles only when no other node can take them.</summary>
    public bool IsWell => Quarantine is null && Problem is null;

    /// <summary>Gets why this node cannot be given any role now, as the end of a sentence that starts with its name; null when it can.</summary>
    public string? WhyNotAvailable => Record is { Kind: NodeKind.Client, Intent: not NodeIntent.Evicted } ? "is a client machine, which is given only its own jobs" : WhyNotForItsOwn;

    /// <summary>Gets the same for a role that is this machine's own.</summary>
    public string? WhyNotForItsOwn => Record switch
    {
        null => "is not a node of this cluster",
        { Intent: NodeIntent.Evicted } => "was evicted",
        { Kind: NodeKind.Witness } => "is a witness and hosts no roles",
        { Intent: NodeIntent.Paused } => "is paused",
        { Intent: NodeIntent.Draining } => "is being drained",
        _ => WhyLeaseNotFresh,
    };

    /// <summary>Gets what was seen of the lease, one fact.</summary>
    public string Evidence => Lease is not { } lease ? $"{Node} has no lease"
        : Standing switch
        {
            LeaseStanding.Ended => $"lease revision {lease.Revision} of {Node} (incarnation {lease.Value.Incarnation}) is recorded as ended, {HowItEnded(lease.Value)}",
            _ when Counted is { } counted => $"lease revision {lease.Revision} of {Node} not renewed for {Milliseconds(counted)}, {Milliseconds(lease.Value.Duration)} + {Milliseconds(lease.Value.Margin)} needed",
            _ => $"lease revision {lease.Revision} of {Node} was not observed here yet",
        };

    private string? WhyLeaseNotFresh => Standing switch
    {
        LeaseStanding.None => "has not taken a lease yet",
        LeaseStanding.Ended => "is down: its lease ended",
        LeaseStanding.Silent => "is down: its lease ran out",
        LeaseStanding.Closing => "is being closed: its lease ends soon",
        _ when Counted is not { } counted => "was not heard of yet",
        _ when Counted >= LeaseArithmetic.FreshFor(Lease!.Value.Value) => $"is late: no renewal for {Milliseconds(Counted.Value)}",
        _ => null,
    };

    public static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:F0} ms";

    private static string HowItEnded(LeaseRecord lease) =>
        lease.EndedClean ? "by its own leash" : lease.ConfirmedDown ? "and an operator confirmed that the machine is off" : "by others";
}
