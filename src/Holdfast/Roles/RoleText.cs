using Holdfast.Agent.Api;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Roles;

/// <summary>What several views of a role share.</summary>
internal static class RoleText
{
    public static void WriteHeading(RoleSummary role, Report report)
    {
        var owner = role.Owner is null ? "" : $" on {report.Palette.Bold(role.Owner)}";
        report.Line($"Role {report.Palette.Bold(role.Name)}: {report.Palette.State(role.State)}{owner}, epoch {role.Epoch}, wanted {Phrases.Word(role.Desired)}");
        if (role.Reason.Length > 0) TextWrap.Write(report.Out, role.Reason, report.Width, indent: 2);
    }

    public static void WriteHistory(IReadOnlyList<Decision> history, Report report)
    {
        if (history.Count == 0) return;

        report.Line();
        report.Line(report.Palette.Bold("History"));
        var table = new TextTable("WHEN", "EPOCH", "NODE", "CHANGE", "BECAUSE");
        foreach (var decision in history)
        {
            table.Row(Phrases.Instant(decision.At), decision.Epoch.ToString(), Phrases.OrNothing(decision.Owner?.Value), $"{Phrases.Word(decision.Kind)}", decision.Because.Sentence);
        }
        table.Write(report.Out, report.Palette, report.Width);
    }
}
