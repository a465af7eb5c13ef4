using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning.Rules;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>
/// Decides where roles live. Pure: the same view and observations give the same answer on every machine. Its safety does
/// not rest on being alone: every step names the revisions it was judged at, and is refused when they are no longer true.
/// </summary>
public static class Planner
{
    /// <summary>Returns what shall change now, and when to ask again even if nothing does.</summary>
    /// <remarks>
    /// <see cref="PlanStep.EndLease"/> steps come first; then roles by start tier, priority and name. A
    /// <see cref="PlanStep.Place"/> with a lost owner may be committed with or after the end of that lease, never before.
    /// </remarks>
    public static Plan Plan(ClusterView view, Observations seen)
    {
        if (view.Settings is not { } settings) return new([], null, ImmutableSortedDictionary<RoleName, Because>.Empty);

        var draft = new PlanDraft(view, seen, settings);
        foreach (var change in draft.Judgement.Changes()) draft.LookAgainIn(change);
        foreach (var end in draft.Judgement.EndSilentLeases()) draft.Add(end);
        QuarantineRule.Apply(draft);
        foreach (var role in draft.Roles) PlaceRole(draft, role);
        EverywhereRule.Apply(draft);
        MaintenanceRule.Keep(draft);
        LoadSpreadRule.Apply(draft);
        return draft.ToPlan();
    }

    /// <summary>Returns every node with whether and in which order it could be given the role now, the eligible ones first.</summary>
    /// <remarks>The present owner is ranked like any other: leave it out to see who stands by.</remarks>
    /// <exception cref="HoldfastException">Code <c>role.not-found</c>.</exception>
    public static ImmutableArray<Candidate> Candidates(ClusterView view, Observations seen, RoleName role)
    {
        return [.. RoleRequests.Candidates(view, seen, RoleRequests.Require(view, role), LeaseJudgement.Of(view, seen)).Select((contender, index) => contender.ToCandidate(index + 1))];
    }

    /// <summary>Returns why a node can be given no role now, as the end of a sentence that starts with its name; null when it can.</summary>
    public static string? WhyUnavailable(ClusterView view, Observations seen, NodeName node) => LeaseJudgement.Of(view, seen)[node].WhyNotAvailable;

    /// <summary>Returns the step that moves a role because somebody asked for it; to the best other node when none is named.</summary>
    /// <exception cref="HoldfastException">
    /// Codes <c>role.not-found</c>, <c>role.not-online</c>, <c>role.nowhere-to-go</c>, <c>node.not-found</c>, <c>node.not-eligible</c>.
    /// </exception>
    public static PlanStep.Place PlanMove(ClusterView view, Observations seen, RoleName role, NodeName? to) => RoleRequests.Move(view, seen, role, to);

    /// <summary>Returns the step that takes a role back to a more preferred owner because somebody said so, whatever its policy.</summary>
    /// <exception cref="HoldfastException">Codes <c>role.not-found</c>, <c>role.not-online</c>, <c>role.in-maintenance</c>, <c>role.nowhere-better</c>.</exception>
    public static PlanStep.Place PlanFailback(ClusterView view, Observations seen, RoleName role) => RoleRequests.Failback(view, seen, role);

    /// <summary>Returns the step that keeps a role where it is because somebody said so, as if it had been moved there by hand.</summary>
    /// <exception cref="HoldfastException">Codes <c>role.not-found</c>, <c>role.not-online</c>, <c>role.in-maintenance</c>.</exception>
    public static PlanStep.Place PlanStay(ClusterView view, Observations seen, RoleName role) => RoleRequests.Stay(view, seen, role);

    /// <summary>Returns the step that makes a failed role free again, with its failures forgotten.</summary>
    /// <exception cref="HoldfastException">Codes <c>role.not-found</c>, <c>role.not-failed</c>.</exception>
    public static PlanStep.Place PlanRestartAfterFailure(ClusterView view, RoleName role, DateTimeOffset wall) => RoleRequests.RestartAfterFailure(view, role, wall);

    /// <summary>Refuses what would only be done after a maintenance that the role is in.</summary>
    /// <exception cref="HoldfastException">Codes <c>role.not-found</c>, <c>role.in-maintenance</c>.</exception>
    public static void RequireNoMaintenance(ClusterView view, RoleName role, DateTimeOffset now) => RoleRequests.RequireNoMaintenance(view, RoleRequests.Require(view, role).Spec, now);

    /// <summary>Explains where a role is, why, and what would change it.</summary>
    /// <exception cref="HoldfastException">Code <c>role.not-found</c>.</exception>
    public static RoleExplanation Explain(ClusterView view, Observations seen, RoleName role) => RoleExplainer.Explain(view, seen, role);

    private static void PlaceRole(PlanDraft draft, RoleState role)
    {
        foreach (var change in FailureBudget.Changes(role.Spec, role.Placement.Value, draft.Wall)) draft.LookAgainIn(change);

        if (MaintenanceRule.TryApply(draft, role)) return;
        if (role.Placement.Value.IsFree) FreeRoleRule.Apply(draft, role);
        else if (draft.Judgement.FateOfOwner(role.Placement.Value) is { } fate) LostOwnerRule.Apply(draft, role, fate);
        else OwnedRoleRules.Apply(draft, role);
    }
}
