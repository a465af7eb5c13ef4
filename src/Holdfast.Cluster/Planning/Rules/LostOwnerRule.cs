using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>Failover: the owner's lease ended, so the role is free (leases rule 10), unless silence is not proof enough for it (leases rule 15).</summary>
internal static class LostOwnerRule
{
    public static void Apply(PlanDraft draft, RoleState role, OwnerFate fate)
    {
        var placement = role.Placement.Value;
        if (role.Spec.NeedsConfirmedEnd && !fate.EndIsKnown)
        {
            // The placement keeps naming the lost owner: were it released, nobody would know any more that a word is missing.
            draft.Wait(role, Because.Of("unconfirmed-end",
                $"Whether node {placement.Owner} really stopped is known to nobody, and {role.Name} holds a disk that only the lease protects. Make sure that the machine is off, then: holdfast node confirm-down {placement.Owner}",
                fate.Evidence));
            return;
        }

        if (role.IsWantedOnline)
        {
            Assignment.Apply(draft, role, KindOfTakeover(placement), fate);
            return;
        }

        draft.Place(role, placement.Released(ChangeKind.Stop),
            Because.Of("stop", $"{role.Name} shall be offline, and the lease of {placement.Owner} ended.", fate.Evidence), fate);
    }

    // A role that was leaving because it failed has used its failover; the loss of the node does not change that.
    private static ChangeKind KindOfTakeover(Placement placement) =>
        placement is { Phase: PlacementPhase.Releasing, Kind: ChangeKind.ResourceFailure } ? ChangeKind.ResourceFailure : ChangeKind.NodeLost;
}
