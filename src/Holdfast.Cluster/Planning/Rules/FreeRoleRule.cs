using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>What happens to a role that nobody owns: it is given away, left alone, or removed.</summary>
internal static class FreeRoleRule
{
    public static void Apply(PlanDraft draft, RoleState role)
    {
        var placement = role.Placement.Value;
        if (role.Spec.Deleting) Remove(draft, role);
        else if (!role.IsWantedOnline) return;
        else if (placement.Phase == PlacementPhase.Failed) TryAgainLater(draft, role, placement);
        else Assignment.Apply(draft, role, KindOfStart(placement.Kind), lostOwner: null);
    }

    private static void TryAgainLater(PlanDraft draft, RoleState role, Placement placement)
    {
        if (placement.QuarantinedUntil is not { } until || until > draft.Wall)
        {
            if (placement.QuarantinedUntil is { } end) draft.LookAgainIn(end - draft.Wall);
            draft.Wait(role, WhyFailed(role));
            return;
        }

        draft.Place(role, placement.Released(ChangeKind.FirstStart) with { Failures = [] },
            Because.Of("quarantine-over", $"The quarantine of {role.Name} is over, its failures are forgotten, and it is tried again."));
    }

    private static void Remove(PlanDraft draft, RoleState role)
    {
        // A role declared again under this name goes on with the tombstone's epochs; it must not go on with its failures.
        if (role.Placement.Value is { Phase: PlacementPhase.Failed } or { Failures.IsEmpty: false } or { Target: not null })
        {
            draft.Place(role, role.Placement.Value.Released(ChangeKind.Stop) with { Failures = [] },
                Because.Of("delete", $"{role.Name} is being deleted."));
            return;
        }

        if (role.IsInstance) return; // The role is removed as a whole, when it is free everywhere.
        draft.Add(new PlanStep.RemoveRole(role.Name, role.SpecRevision, role.Placement.Revision,
            Because.Of("delete", $"{role.Name} is being deleted and nobody owns it.")));
    }

    private static ChangeKind KindOfStart(ChangeKind recorded) => recorded is ChangeKind.Stop or ChangeKind.BudgetSpent ? ChangeKind.FirstStart : recorded;

    private static Because WhyFailed(RoleState role) =>
        role.Placement.Value.History is [{ Phase: PlacementPhase.Failed } last, ..]
            ? last.Because
            : Because.Of("budget-spent", $"{role.Name} failed too often. Find the cause, then: holdfast role start {role.Name}");
}
