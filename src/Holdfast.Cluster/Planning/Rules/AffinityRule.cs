using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>Takes a role to what it must be with, or away from what it must be apart from.</summary>
internal static class AffinityRule
{
    public static bool TryApply(PlanDraft draft, RoleState role, Placement placement, NodeName owner)
    {
        if (draft.Relations.WhyMisplaced(role.Spec, owner) is not { } why) return false;

        var candidates = draft.Candidates(role);
        if (candidates.FirstOrDefault(c => c.Eligible && c.Node != owner) is not { } next)
        {
            draft.Wait(role, Because.Of("affinity", $"{role.Name} stays on {owner} although {why}: no other node can take it.", CandidateRanking.Evidence(candidates)));
            return true;
        }

        draft.Place(role, placement.Releasing(ChangeKind.Affinity, next.Node), Because.Of("affinity", $"{role.Name} leaves {owner} for {next.Node}, because {why}.", $"{next}"));
        draft.Loads.Put(role.Spec, next.Node);
        return true;
    }
}
