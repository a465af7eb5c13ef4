using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>Takes a role back to a more preferred owner: at once, inside its daily window, when nobody uses it, or when somebody says so.</summary>
internal static class FailbackRule
{
    public static bool TryApply(PlanDraft draft, RoleState role, Placement placement, NodeName owner)
    {
        var standing = CandidateRanking.PreferenceOf(role.Spec, owner);
        if (!CanMoveFreely(draft, role, placement, owner) || !role.Spec.PreferredOwners.Take(standing).Any()) return false;
        if (!IsOpen(draft, role) || !role.IsOnline) return false;

        var recent = FailureBudget.Recent(role.Spec, placement, draft.Wall);
        var better = draft.Candidates(role)
            .Where(c => c.Eligible && draft.Judgement[c.Node].IsWell && CandidateRanking.PreferenceOf(role.Spec, c.Node) < standing && FailureBudget.On(recent, c.Node) == 0)
            .MinBy(c => CandidateRanking.PreferenceOf(role.Spec, c.Node));
        if (better is null) return false;
        if (role.Spec.Failback.Policy == FailbackPolicy.Ask)
        {
            draft.Ask(role, Because.Of("failback-ask",
                $"{role.Name} could go back to {better.Node}, a more preferred owner than {owner}. Take it back: holdfast role failback {role.Name} (or leave it: holdfast role failback {role.Name} --no)", $"{better}"));
            return false;
        }

        draft.Place(role, placement.Releasing(ChangeKind.Failback, better.Node),
            Because.Of("failback", $"{role.Name} goes back to {better.Node}, a more preferred owner than {owner}.", $"{better}"));
        draft.Loads.Put(role.Spec, better.Node);
        return true;
    }

    /// <summary>Whether a role may be moved only to make things better: not against somebody's wish, and not off a paused node.</summary>
    public static bool CanMoveFreely(PlanDraft draft, RoleState role, Placement placement, NodeName owner) =>
        role.Spec.Failback.Policy != FailbackPolicy.Never
        && placement.Kind != ChangeKind.PlannedMove // Who moved it by hand wants it there; a later failover ends that wish.
        && draft.Judgement[owner].Record?.Intent == NodeIntent.Active;

    private static bool IsOpen(PlanDraft draft, RoleState role)
    {
        var failback = role.Spec.Failback;
        if (failback.Policy is FailbackPolicy.AtOnce or FailbackPolicy.Ask) return true;
        if (failback.Policy == FailbackPolicy.WhenIdle) return role.Status is { Idle: true };
        if (failback is not { From: { } from, To: { } to }) return false;

        var now = TimeOnly.FromTimeSpan(draft.Wall.UtcDateTime.TimeOfDay);
        var open = now.IsBetween(from, to); // Half open, and over midnight when it ends before it starts.
        draft.LookAgainIn((open ? to : from) - now);
        return open;
    }
}
