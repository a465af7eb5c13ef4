using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>The four things a planner can do to a placement. Only <see cref="AssignedTo"/> begins a new epoch.</summary>
internal static class PlacementChanges
{
    public static Placement AssignedTo(this Placement placement, LeaseRecord target, int generation, ChangeKind kind) => placement with
    {
        Phase = PlacementPhase.Assigned,
        Epoch = placement.Epoch.Next(generation),
        Owner = target.Node,
        OwnerIncarnation = target.Incarnation,
        Target = null,
        Kind = kind,
        HandedOver = false,
        QuarantinedUntil = null,
    };

    public static Placement Releasing(this Placement placement, ChangeKind kind, NodeName? target = null) =>
        placement with { Phase = PlacementPhase.Releasing, Kind = kind, Target = target };

    public static Placement Released(this Placement placement, ChangeKind kind) =>
        placement with { Phase = PlacementPhase.Released, Kind = kind, Target = null, QuarantinedUntil = null };

    public static Placement Failed(this Placement placement, DateTimeOffset? quarantinedUntil) =>
        placement with { Phase = PlacementPhase.Failed, Kind = ChangeKind.BudgetSpent, Target = null, QuarantinedUntil = quarantinedUntil };

    /// <summary>Puts the decision that led here on top of the history.</summary>
    public static Placement Remembering(this Placement placement, Because because, DateTimeOffset wall) => placement with
    {
        History =
        [
            new Decision(placement.Epoch, placement.Phase, placement.Owner, placement.Kind, wall, because),
            .. placement.History.Take(Placement.HistoryLength - 1),
        ],
    };
}
