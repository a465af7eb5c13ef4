using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role show</c></summary>
internal static class ShowRoleCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        return new Verb("show", "Show a role, its resources, its declaration and its history.", "holdfast role show web") { role }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Role(run.Get(role)), json => json.RoleDetail, detail => Write(detail, run.Report), cancellationToken));
    }

    private static void Write(RoleDetail detail, Report report)
    {
        RoleText.WriteHeading(detail.Summary, report);
        if (detail.Summary.Resources.Count > 0)
        {
            report.Line();
            var table = new TextTable("RESOURCE", "TYPE", "STATE", "WHY");
            foreach (var resource in detail.Summary.Resources) table.Row(resource.Name, resource.Type, resource.State, resource.Reason);
            table.Write(report.Out, report.Palette, report.Width);
        }
        report.Line();
        report.Line(report.Palette.Bold("Declaration"));
        foreach (var line in detail.Declaration.TrimEnd().Split('\n')) report.Line("  " + line.TrimEnd('\r'));
        RoleText.WriteHistory(detail.History, report);
    }
}
