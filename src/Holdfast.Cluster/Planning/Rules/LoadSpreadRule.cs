using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>
/// Spreads roles that do not care where they are. One move at a time, and only when nothing else is to be done: each move
/// lowers the sum of the squared loads, so it comes to rest.
/// </summary>
internal static class LoadSpreadRule
{
    private const long SmallestDifference = 2;

    public static void Apply(PlanDraft draft)
    {
        if (draft.ChangesPlacements || draft.Roles.Any(IsBeingSpread)) return;

        if (Best(draft) is not { } best) return;

        var because = Because.Of("load-spread", $"{best.Role.Name} moves from {best.Role.Placement.Value.Owner} to {best.To.Node}, which carries less.",
            $"load {best.LoadHere} against {best.LoadThere}; {best.Role.Name} counts for {LoadMap.WeightOf(best.Role.Spec)}");
        draft.Place(best.Role, best.Role.Placement.Value.Releasing(ChangeKind.LoadSpread, best.To.Node), because);
    }

    private static bool IsBeingSpread(RoleState role) =>
        role.IsWantedOnline && role.Placement.Value is { Kind: ChangeKind.LoadSpread } placement
        && (placement.Phase != PlacementPhase.Assigned || !role.HasResult);

    /// <summary>The move that gains most; of equals the one of the first role, to the first node.</summary>
    private static Move? Best(PlanDraft draft)
    {
        var standby = draft.Judgement.All.Where(node => node is { IsWell: true, WhyNotAvailable: null }).ToList();
        if (standby.Count == 0) return null;

        // Ranking asks every node about a role. No move gains more than one to the emptiest node would: so what promises most is asked first, and the
        // rest not at all.
        var emptiest = standby.Min(node => draft.Loads.On(node.Node));
        Move? best = null;
        foreach (var (role, promise) in draft.Roles.Where(role => MaySpread(draft, role)).Select(role => (role, Promise: Promise(draft, role, emptiest)))
            .Where(asked => asked.Promise > 0).OrderByDescending(asked => asked.Promise).ThenBy(asked => asked.role.Name))
        {
            if (best is not null && (promise < best.Gain || (promise == best.Gain && role.Name.CompareTo(best.Role.Name) > 0))) break;
            var move = Moves(draft, role).OrderByDescending(move => move.Gain).ThenBy(move => move.To.Node).FirstOrDefault();
            if (move is not null && (best is null || move.Gain > best.Gain || (move.Gain == best.Gain && role.Name.CompareTo(best.Role.Name) < 0))) best = move;
        }

        return best;
    }

    private static long Promise(PlanDraft draft, RoleState role, long emptiest)
    {
        var (here, weight) = (draft.Loads.On(role.Placement.Value.Owner!.Value), LoadMap.WeightOf(role.Spec));
        return here - emptiest < SmallestDifference ? 0 : weight * (here - emptiest - weight);
    }

    private static bool MaySpread(PlanDraft draft, RoleState role) =>
        role.Spec is { PreferredOwners.IsEmpty: true, Failback.Policy: FailbackPolicy.AtOnce }
        && role is { IsBound: false, IsWantedOnline: true, IsOnline: true, Placement.Value: { Phase: PlacementPhase.Assigned, Owner: { } owner } placement }
        && draft.Judgement.FateOfOwner(placement) is null && draft.MaintenanceOf(role) is null && !draft.Relations.IsTied(role.Spec)
        && FailbackRule.CanMoveFreely(draft, role, placement, owner);

    private static IEnumerable<Move> Moves(PlanDraft draft, RoleState role)
    {
        var placement = role.Placement.Value;
        var weight = LoadMap.WeightOf(role.Spec);
        var here = draft.Loads.On(placement.Owner!.Value);
        var recent = FailureBudget.Recent(role.Spec, placement, draft.Wall);
        return from candidate in draft.Candidates(role)
               where candidate.Eligible && candidate.Node != placement.Owner && candidate.Standing.IsWell && FailureBudget.On(recent, candidate.Node) == 0
               let gain = weight * (here - candidate.Load - weight)
               where draft.Relations.Unmet(role.Spec, candidate.Node) <= draft.Relations.Unmet(role.Spec, placement.Owner.Value)
               where here - candidate.Load >= SmallestDifference && gain > 0
               select new Move(role, candidate, here, candidate.Load, gain);
    }

    private sealed record Move(RoleState Role, Contender To, long LoadHere, long LoadThere, long Gain);
}
