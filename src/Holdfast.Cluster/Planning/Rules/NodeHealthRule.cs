using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>Takes a role off a node on which something runs out, while that node can still let it go; only to one that is well.</summary>
internal static class NodeHealthRule
{
    public static bool TryApply(PlanDraft draft, RoleState role, Placement placement, NodeName owner)
    {
        if (role.IsBound || draft.Judgement[owner].Problem is not { } problem) return false;
        if (draft.Candidates(role).FirstOrDefault(c => c.Eligible && c.Node != owner && draft.Judgement[c.Node].IsWell) is not { } next) return false;

        draft.Place(role, placement.Releasing(ChangeKind.NodeUnhealthy, next.Node),
            Because.Of("node-unhealthy", $"{role.Name} leaves {owner} for {next.Node} while it can, because {owner} {problem}.", $"{next}"));
        draft.Loads.Put(role.Spec, next.Node);
        return true;
    }
}
