using Holdfast.Agent.Api;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Declarations;

/// <summary>Changes of roles as text: what differs, and what must restart for it.</summary>
internal static class ChangesText
{
    private const string Unchanged = "unchanged";

    public static void WritePlanned(ApplyResponse plan, Report report)
    {
        var changes = plan.Changes.Where(change => change.Action != Unchanged).ToArray();
        var (calendars, policies) = (Changed(plan), ChangedPolicies(plan));
        if (changes.Length + calendars.Length + policies.Length == 0) report.Line("No changes.");
        foreach (var policy in policies) report.Line(policy.Action == "create" ? report.Palette.Added($"+ policy {policy.Policy}") : report.Palette.Changed($"~ policy {policy.Policy}"));
        foreach (var calendar in calendars) report.Line(calendar.Action == "create" ? report.Palette.Added($"+ calendar {calendar.Calendar}") : report.Palette.Changed($"~ calendar {calendar.Calendar}"));
        foreach (var change in changes) Write(change, report);
    }

    public static void WriteDone(ApplyResponse applied, Report report)
    {
        var (calendars, policies) = (Changed(applied), ChangedPolicies(applied));
        if (calendars.Length + policies.Length == 0 && applied.Changes.All(change => change.Action == Unchanged)) report.Line("No changes.");
        foreach (var policy in policies) report.Line($"Policy {policy.Policy}: {Past(policy.Action)}.");
        foreach (var calendar in calendars) report.Line($"Calendar {calendar.Calendar}: {Past(calendar.Action)}.");
        foreach (var change in applied.Changes.Where(change => change.Action != Unchanged)) report.Line($"Role {change.Role}: {Past(change.Action)}{Restarts(change)}.");
    }

    private static CalendarChange[] Changed(ApplyResponse response) => [.. (response.Calendars ?? []).Where(calendar => calendar.Action != Unchanged)];

    private static PolicyChange[] ChangedPolicies(ApplyResponse response) => [.. (response.Policies ?? []).Where(policy => policy.Action != Unchanged)];

    private static void Write(RoleChange change, Report report)
    {
        var palette = report.Palette;
        report.Line(change.Action switch
        {
            "create" => palette.Added($"+ role {change.Role}"),
            "delete" => palette.Removed($"- role {change.Role}"),
            _ => palette.Changed($"~ role {change.Role}") + Restarts(change),
        });
        foreach (var field in change.Fields)
        {
            report.Line((field.Before, field.After) switch
            {
                (null, var after) => palette.Added($"    + {field.Path}: {after}"),
                (var before, null) => palette.Removed($"    - {field.Path}: {before}"),
                var (before, after) => palette.Changed($"    ~ {field.Path}: {before} -> {after}"),
            });
        }
    }

    private static string Restarts(RoleChange change) => change.Restarts.Count == 0 ? "" : $" (restarts {string.Join(", ", change.Restarts)})";

    private static string Past(string action) => action switch { "create" => "created", "update" => "updated", "delete" => "deleted", _ => action };
}
