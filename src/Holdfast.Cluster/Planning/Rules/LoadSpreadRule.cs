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

        var best = draft.Roles.Where(role => MaySpread(draft, role)).SelectMany(role => Moves(draft, role))
            .OrderByDescending(move => move.Gain).ThenBy(move => move.Role.Name).ThenBy(move => move.To.Node).FirstOrDefault();
        if (best is null) return;

        var because = Because.Of("load-spread", $"{best.Role.Name} moves from {best.Role.Placement.Value.Owner} to {best.To.Node}, which carries less.",
            $"load {best.LoadHere} against {best.LoadThere}; {best.Role.Name} counts for {LoadMap.WeightOf(best.Role.Spec)}");
        draft.Place(best.Role, best.Role.Placement.Value.Releasing(ChangeKind.LoadSpread, best.To.Node), because);
    }

    private static bool IsBeingSpread(RoleState role) =>
        role.IsWantedOnline && role.Placement.Value is { Kind: ChangeKind.LoadSpread } placement
        && (placement.Phase != PlacementPhase.Assigned || !role.HasResult);

    private static bool MaySpread(PlanDraft draft, RoleState role) =>
        role is { IsInstance: false, IsWantedOnline: true, IsOnline: true, Placement.Value: { Phase: PlacementPhase.Assigned, Owner: { } owner } placement }
        && role.Spec is { PreferredOwners.IsEmpty: true, Failback.Policy: FailbackPolicy.AtOnce }
        && draft.Judgement.FateOfOwner(placement) is null && draft.MaintenanceOf(role) is null && !draft.Relations.IsTied(role.Spec)
        && FailbackRule.CanMoveFreely(draft, role, placement, owner);

    private static IEnumerable<Move> Moves(PlanDraft draft, RoleState role)
    {
        var placement = role.Placement.Value;
        var weight = LoadMap.WeightOf(role.Spec);
        var here = draft.Loads.Without(role.Name, placement.Owner!.Value) + weight;
        // Ranking puts reasons into words; at rest, which is nearly always, nobody would read them.
        if (draft.Judgement.All.All(node => here - draft.Loads.Without(role.Name, node.Node) < SmallestDifference)) return [];

        var recent = FailureBudget.Recent(role.Spec, placement, draft.Wall);
        return from candidate in draft.Candidates(role)
               where candidate.Eligible && candidate.Node != placement.Owner && draft.Judgement[candidate.Node].IsWell && FailureBudget.On(recent, candidate.Node) == 0
               let there = draft.Loads.Without(role.Name, candidate.Node)
               let gain = weight * (here - there - weight)
               where draft.Relations.Unmet(role.Spec, candidate.Node) <= draft.Relations.Unmet(role.Spec, placement.Owner.Value)
               where here - there >= SmallestDifference && gain > 0
               select new Move(role, candidate, here, there, gain);
    }

    private sealed record Move(RoleState Role, Candidate To, long LoadHere, long LoadThere, long Gain);
}
