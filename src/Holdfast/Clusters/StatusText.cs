using Holdfast.Agent.Api;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Clusters;

/// <summary>The state of a cluster as text.</summary>
internal static class StatusText
{
    public static void Write(ClusterStatus status, Report report)
    {
        var palette = report.Palette;
        report.Line($"Cluster {palette.Bold(status.Name)}: store {palette.State(status.Store)}, profile {status.Profile}, as {status.AnsweredBy} sees it");
        report.Line();
        NodeTable(status.Nodes).Write(report.Out, palette, report.Width);
        report.Line();
        if (status.Roles.Count == 0) report.Line("No roles yet. Make one: holdfast role create NAME --process COMMAND");
        else RoleTable(status.Roles).Write(report.Out, palette, report.Width);
        if (status.Warnings.Count == 0) return;

        report.Line();
        report.Line("Needs attention:");
        foreach (var warning in status.Warnings) TextWrap.Write(report.Out, "! " + warning, report.Width, indent: 2, hang: 2);
    }

    public static TextTable NodeTable(IReadOnlyCollection<NodeStatus> nodes)
    {
        var described = nodes.Any(node => node.Description is not null);
        var table = new TextTable(["NODE", "STATE", "STORE", "RENEWED", "ADDRESS", .. described ? ["DESCRIPTION"] : Array.Empty<string>(), "ROLES"]);
        foreach (var node in nodes)
        {
            table.Row([
                Phrases.NameOf(node), Phrases.StateOf(node), Phrases.VoteOf(node), Phrases.Milliseconds(node.LeaseAgeMs), node.Address,
                .. described ? [Phrases.OrNothing(node.Description)] : Array.Empty<string>(), Phrases.OrNothing(string.Join(", ", node.Roles))]);
        }
        return table;
    }

    public static TextTable RoleTable(IEnumerable<RoleSummary> roles)
    {
        var table = new TextTable("ROLE", "STATE", "OWNER", "EPOCH", "WHY");
        foreach (var role in roles) table.Row(role.Name, role.State, Phrases.OwnersOf(role), role.Epoch, role.Reason);
        return table;
    }
}
