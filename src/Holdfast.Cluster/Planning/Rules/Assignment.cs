using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>Gives a role that nobody owns to the node it was meant for, or else to the best candidate.</summary>
internal static class Assignment
{
    public static void Apply(PlanDraft draft, RoleState role, ChangeKind kind, OwnerFate? lostOwner)
    {
        if (draft.IsFull)
        {
            if (!role.IsOfClient) draft.Tiers.OnItsWay(role); // Its turn comes with the next plan.
            return;
        }

        if (FailedTooOften(draft, role, lostOwner)) return;

        var candidates = draft.Candidates(role);
        var chosen = candidates.FirstOrDefault(c => c.Eligible && c.Node == role.Placement.Value.Target) ?? candidates.FirstOrDefault(c => c.Eligible);
        if (chosen is null && ComesWithItsNode(draft, role)) return;
        if (chosen is null)
        {
            draft.Wait(role, Because.Of("no-candidate", $"No node can take {role.Name} now.", [.. Facts(lostOwner), .. CandidateRanking.Evidence(candidates)]));
            return;
        }

        var blocking = draft.Tiers.Blocking(role);
        if (!role.IsOfClient) draft.Tiers.OnItsWay(role); // Nobody waits for a machine that may be asleep.
        if (blocking is not null)
        {
            draft.Wait(role, Because.Of("start-tier", $"{role.Name} (tier {role.Spec.StartTier}) is started after {blocking.Name} (tier {blocking.Spec.StartTier}) has come online.", Facts(lostOwner)));
            return;
        }

        var lease = draft.Judgement[chosen.Node].Lease!.Value.Value;
        var because = Because.Of(RuleOf(kind), Sentence(role, chosen.Node, kind), [.. Facts(lostOwner), .. CandidateRanking.Evidence(candidates)]);
        draft.Place(role, role.Placement.Value.AssignedTo(lease, draft.Settings.Generation, kind), because, lostOwner);
        draft.Loads.Put(role.Spec, chosen.Node);
    }

    // Its node is down, or given nothing: that is no news of the role.
    private static bool ComesWithItsNode(PlanDraft draft, RoleState role) => role.IsInstance || (role.IsOfClient && draft.Judgement[role.Spec.PossibleOwners[0]].WhyNotForItsOwn is not null);

    // Only a role that is free because it failed is judged: the loss of a node, a move or a stop is not its fault.
    private static bool FailedTooOften(PlanDraft draft, RoleState role, OwnerFate? lostOwner)
    {
        if (role.Placement.Value is not { Kind: ChangeKind.ResourceFailure, Phase: not PlacementPhase.Assigned } placement) return false;
        var recent = FailureBudget.Recent(role.Spec, placement, draft.Wall);
        if (!FailureBudget.IsSpent(role.Spec, recent)) return false;

        var until = draft.Wall + role.Spec.Quarantine;
        var because = BudgetSpent(role, recent, until);
        draft.Place(role, placement.Failed(until), because, lostOwner);
        draft.Wait(role, because);
        return true;
    }

    private static Because BudgetSpent(RoleState role, ImmutableArray<FailureEntry> recent, DateTimeOffset? until)
    {
        var places = recent.GroupBy(failure => failure.From).OrderBy(on => on.Key).Select(on => $"{CandidateRanking.Times(on.Count())} on {on.Key}");
        var last = role.Placement.Value.History.FirstOrDefault(decision => decision.Kind == ChangeKind.ResourceFailure)?.Because.Sentence.TrimEnd('.');
        return Because.Of("budget-spent",
            $"{role.Name} failed {string.Join(", ", places)}; {role.Spec.Failovers.Count} in {role.Spec.Failovers.Period.Spoken()} are allowed.{(last is null ? "" : $" At last, {last}.")} {(until is { } end ? $"It is in quarantine and tried again by itself at {MaintenanceMode.Instant(end)}; sooner" : "Find the cause, then")}: holdfast role start {role.Name}",
            [.. recent.Select(failure => $"failed on {failure.From} at {failure.At:u}")]);
    }

    private static ImmutableArray<string> Facts(OwnerFate? lostOwner) => lostOwner is null ? [] : [lostOwner.Evidence];

    private static string RuleOf(ChangeKind kind) => kind switch
    {
        ChangeKind.NodeLost => "node-lost",
        ChangeKind.ResourceFailure => "resource-failure",
        ChangeKind.PlannedMove => "planned-move",
        ChangeKind.Drain => "drain",
        ChangeKind.Failback => "failback",
        ChangeKind.LoadSpread => "load-spread",
        ChangeKind.Affinity => "affinity",
        ChangeKind.NodeUnhealthy => "node-unhealthy",
        _ => "first-start",
    };

    private static string Sentence(RoleState role, NodeName to, ChangeKind kind)
    {
        var from = role.Placement.Value.Owner;
        return kind switch
        {
            ChangeKind.NodeLost => $"{to} takes {role.Name}, because the lease of {from} ended.",
            ChangeKind.ResourceFailure when to == from => $"{to} tries {role.Name} again{(role.IsBound ? "" : ": no other node can take it")}.",
            ChangeKind.ResourceFailure => $"{to} takes {role.Name}, because it did not work on {from}.",
            ChangeKind.PlannedMove => $"{to} takes {role.Name}, because a move was asked for.",
            ChangeKind.Drain => $"{to} takes {role.Name}, because {from} is being drained.",
            ChangeKind.Failback => $"{to} takes {role.Name} back, because it is a more preferred owner than {from}.",
            ChangeKind.LoadSpread => $"{to} takes {role.Name}, because {from} carried more.",
            ChangeKind.NodeUnhealthy => $"{to} takes {role.Name}, because {from} was unwell.",
            ChangeKind.Affinity => $"{to} takes {role.Name}, because of the roles that it goes with or is kept apart from.",
            _ => $"{to} starts {role.Name}, which had no owner.",
        };
    }
}
