using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>
/// What happens to a role whose owner holds its lease: at most it is asked to release. Only the owner can finish that
/// (leases rule 10). The first rule that applies decides.
/// </summary>
internal static class OwnedRoleRules
{
    public static void Apply(PlanDraft draft, RoleState role)
    {
        if (role is { IsWantedOnline: true, HasResult: false, IsOfClient: false }) draft.Tiers.OnItsWay(role);
        if (role.Placement.Value is not { Phase: PlacementPhase.Assigned, Owner: { } owner } placement) return;

        _ = TryStop(draft, role, placement)
            || TryGiveUp(draft, role, placement, owner)
            || TryMoveAway(draft, role, placement, owner)
            || NodeHealthRule.TryApply(draft, role, placement, owner)
            || AffinityRule.TryApply(draft, role, placement, owner)
            || FailbackRule.TryApply(draft, role, placement, owner);
    }

    private static bool TryStop(PlanDraft draft, RoleState role, Placement placement)
    {
        if (role.IsWantedOnline) return false;

        var why = role.SpecRevision == 0 ? "it is not declared any more" : role.Spec.Deleting ? "it is being deleted"
            : role.IsBound && draft.Judgement[placement.Owner!.Value].Record?.Intent == NodeIntent.Draining ? $"{placement.Owner} is being drained" : "it shall be offline";
        draft.Place(role, placement.Releasing(ChangeKind.Stop), Because.Of("stop", $"{role.Name} is taken offline: {why}."));
        return true;
    }

    private static bool TryGiveUp(PlanDraft draft, RoleState role, Placement placement, NodeName owner)
    {
        if (role.Status is not { GivenUp: true } status) return false;

        var recent = FailureBudget.Recent(role.Spec, placement, draft.Wall).Add(new(owner, draft.Wall));
        var because = Because.Of("resource-failure", $"{role.Name} does not work on {owner}: {status.Reason}",
            $"failure {recent.Length} within {role.Spec.Failovers.Period.Spoken()}, {role.Spec.Failovers.Count} allowed");
        draft.Place(role, placement.Releasing(ChangeKind.ResourceFailure) with { Failures = recent }, because);
        draft.Loads.Remove(role.Name);
        return true;
    }

    private static bool TryMoveAway(PlanDraft draft, RoleState role, Placement placement, NodeName owner)
    {
        var draining = draft.Judgement[owner].Record?.Intent == NodeIntent.Draining;
        var stop = role.Spec.IsJobOnly() ? draft.Judgement[owner].SchedulerStop : null;
        if (!draining && stop is null && CandidateRanking.IsPossible(role.Spec, owner)) return false;

        var (kind, rule, why) = draining ? (ChangeKind.Drain, "drain", $"{owner} is being drained")
            : stop is not null ? (ChangeKind.PlannedMove, "scheduler-stopped", stop.Sentence) : (ChangeKind.PlannedMove, "owner-not-possible", $"{owner} is no longer a possible owner");
        var candidates = draft.Candidates(role);
        if (candidates.FirstOrDefault(c => c.Eligible && c.Node != owner) is not { } next)
        {
            draft.Wait(role, Because.Of(rule, $"{role.Name} stays on {owner} although {why}: no other node can take it.", CandidateRanking.Evidence(candidates)));
            return true;
        }

        draft.Place(role, placement.Releasing(kind), Because.Of(rule, $"{role.Name} leaves {owner}, because {why}.", $"{next}"));
        draft.Loads.Remove(role.Name);
        return true;
    }
}
