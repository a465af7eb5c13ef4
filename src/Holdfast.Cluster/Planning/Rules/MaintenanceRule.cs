using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>
/// While a role is in maintenance nothing is begun for it. What was under way when it began is finished: a role that had left its owner would
/// otherwise be nowhere for as long as the maintenance lasts.
/// </summary>
internal static class MaintenanceRule
{
    /// <summary>Whether the role is left alone now.</summary>
    public static bool TryApply(PlanDraft draft, RoleState role)
    {
        if (draft.MaintenanceOf(role) is not { } mode) return false;

        draft.LookAgainIn(mode.Maintenance.Until - draft.Wall);
        if (IsBetweenOwners(role)) return false;
        if (WhatIsAmiss(draft, role) is { } amiss)
            draft.Wait(role, Because.Of("maintenance", $"{role.Name} {mode.Phrase}: {amiss}, and nothing is done about it. To end that: {mode.HowToEnd(role.Spec)}"));
        return true;
    }

    /// <summary>Ends what is over and reminds of what is not: the record is changed by whoever is first, and that one tells of it.</summary>
    public static void Keep(PlanDraft draft)
    {
        if (draft.Settings.Maintenance is { } all && Next(draft, "The cluster", all) is { } change)
            draft.Add(new PlanStep.UpdateSettings(draft.Settings with { Maintenance = change.Next }, draft.View.SettingsRevision, change.Because));
        foreach (var role in draft.Declared)
        {
            if (role.Value is { Deleting: false, Maintenance: { } own } && Next(draft, $"Role {role.Value.Name}", own) is { } step)
                draft.Add(new PlanStep.UpdateRole(role.Value with { Maintenance = step.Next }, role.Revision, step.Because));
        }
    }

    private static (Maintenance? Next, Because Because)? Next(PlanDraft draft, string what, Maintenance maintenance)
    {
        var now = draft.Wall;
        if (!maintenance.IsInEffect(now)) return (null, Because.Of("maintenance-ended", $"{what} is out of maintenance again, which ended at {MaintenanceMode.Instant(maintenance.Until)} as it was to."));

        var due = maintenance.RemindersDue(now);
        draft.LookAgainIn((due < Maintenance.MostReminders ? maintenance.ReminderAt(due + 1) : maintenance.Until) - now);
        if (due <= maintenance.Reminders) return null;

        return (maintenance with { Reminders = due }, Because.Of("maintenance-reminder",
            $"{what} is in maintenance since {MaintenanceMode.Instant(maintenance.Since)} and stays so until {MaintenanceMode.Instant(maintenance.Until)}{(maintenance.Reason is { } reason ? $" ({reason})" : "")}: nothing is done when something fails."));
    }

    private static bool IsBetweenOwners(RoleState role) => role is { IsWantedOnline: true, Placement.Value: { Phase: PlacementPhase.Released, Owner: not null, Kind: not (ChangeKind.FirstStart or ChangeKind.Stop or ChangeKind.NodeLost) } };

    private static string? WhatIsAmiss(PlanDraft draft, RoleState role) => role.Placement.Value switch
    {
        { IsFree: true } => role.IsWantedOnline ? "it has no owner" : null,
        var placement when draft.Judgement.FateOfOwner(placement) is { } fate => $"its owner {placement.Owner} was lost ({fate.Evidence})",
        { Phase: PlacementPhase.Assigned } placement when !role.IsWantedOnline => $"it shall be offline and is on {placement.Owner}",
        { Phase: PlacementPhase.Assigned } placement when role.Status is { GivenUp: true } status => $"it does not work on {placement.Owner} ({status.Reason.TrimEnd('.')})",
        _ => null,
    };
}
