using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;

namespace Holdfast.Cluster.Roles;

/// <summary>Where a placement stands.</summary>
public enum PlacementPhase
{
    /// <summary>Nobody owns it: never placed, or the last owner's leash verified the end and closed the epoch.</summary>
    Released,

    /// <summary>Its owner shall bring and keep it online.</summary>
    Assigned,

    /// <summary>Its owner shall take it offline, close the epoch and record <see cref="Released"/>.</summary>
    Releasing,

    /// <summary>Nobody owns it, and nobody will until an administrator starts it: it failed too often.</summary>
    Failed,
}

/// <summary>Why the owner of a role changed.</summary>
public enum ChangeKind
{
    /// <summary>It had no owner.</summary>
    FirstStart,

    /// <summary>The owner's lease ended.</summary>
    NodeLost,

    /// <summary>A resource failed more often than the restart budget allows.</summary>
    ResourceFailure,

    /// <summary>Somebody asked for it.</summary>
    PlannedMove,

    /// <summary>The owner is being drained.</summary>
    Drain,

    /// <summary>A more preferred owner is up.</summary>
    Failback,

    /// <summary>Roles were spread more evenly.</summary>
    LoadSpread,

    /// <summary>It shall be offline.</summary>
    Stop,

    /// <summary>It failed more often than the failover budget allows.</summary>
    BudgetSpent,

    /// <summary>It goes with another role, or is kept apart from one.</summary>
    Affinity,

    /// <summary>Something ran out on its node.</summary>
    NodeUnhealthy,
}

/// <summary>One move of the role because it failed.</summary>
/// <param name="From">The node it failed on.</param>
/// <param name="At">Wall clock of the node that decided; for the budget only, never for safety.</param>
public sealed record FailureEntry(NodeName From, DateTimeOffset At);

/// <summary>One decision about a role, kept for <c>role explain</c>.</summary>
public sealed record Decision(Epoch Epoch, PlacementPhase Phase, NodeName? Owner, ChangeKind Kind, DateTimeOffset At, Because Because);

/// <summary>Who owns a role now, with its epoch: key <c>placements/{role}</c>.</summary>
public sealed record Placement
{
    /// <summary>How many decisions a placement remembers.</summary>
    public const int HistoryLength = 10;

    /// <summary>Gets the role.</summary>
    public required RoleName Role { get; init; }

    /// <summary>Gets the phase.</summary>
    public required PlacementPhase Phase { get; init; }

    /// <summary>Gets the epoch: that of the present or last owner.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Gets the present owner, or the last one when released or failed; null before the first.</summary>
    public NodeName? Owner { get; init; }

    /// <summary>Gets the owner's incarnation; another incarnation of the same node inherits nothing (leases rule 6).</summary>
    public long OwnerIncarnation { get; init; }

    /// <summary>Gets the node that shall be next, when a move names one; only while releasing or released.</summary>
    public NodeName? Target { get; init; }

    /// <summary>Gets the kind of the last change.</summary>
    public required ChangeKind Kind { get; init; }

    /// <summary>Gets whether the present owner was named by the commit with which the one before released it, which had it online: nobody can have taken its addresses between.</summary>
    public bool HandedOver { get; init; }

    /// <summary>Gets until when a failed role is left alone; null when until somebody starts it, or when it has not failed.</summary>
    public DateTimeOffset? QuarantinedUntil { get; init; }

    /// <summary>Gets the moves because of failures that still count.</summary>
    public ImmutableArray<FailureEntry> Failures { get; init; } = [];

    /// <summary>Gets the last decisions, newest first, at most <see cref="HistoryLength"/>.</summary>
    public ImmutableArray<Decision> History { get; init; } = [];

    /// <summary>Whether nobody owns the role.</summary>
    public bool IsFree => Phase is PlacementPhase.Released or PlacementPhase.Failed;

    /// <summary>The placement of a role that was just declared.</summary>
    public static Placement Unplaced(RoleName role) => new() { Role = role, Phase = PlacementPhase.Released, Epoch = Epoch.None, Kind = ChangeKind.FirstStart };

    /// <inheritdoc/>
    public bool Equals(Placement? other) =>
        other is not null && Role == other.Role && Phase == other.Phase && Epoch == other.Epoch && Owner == other.Owner && OwnerIncarnation == other.OwnerIncarnation
        && Target == other.Target && Kind == other.Kind && HandedOver == other.HandedOver && QuarantinedUntil == other.QuarantinedUntil && Failures.SequenceEqual(other.Failures) && History.SequenceEqual(other.History);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Phase, Epoch, Owner);
}
