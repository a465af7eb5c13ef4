using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role standby</c></summary>
internal static class StandbyCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        return new Verb("standby", "Show who would take a role over, and how long that would take.", "holdfast role standby web") { role }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Standby(run.Get(role)), json => json.StandbyArray, all => Write(all, run.Report), cancellationToken));
    }

    private static void Write(Standby[] standbys, Report report)
    {
        if (standbys.Length == 0)
        {
            report.Line("No other node may own it.");
            return;
        }
        var table = new TextTable("NODE", "NEXT", "WATCHES", "TAKEOVER", "WHY");
        foreach (var standby in standbys)
        {
            table.Row(standby.Node, standby.WouldWin ? "yes" : "no", Phrases.OrNothing(standby.Monitoring), Phrases.Milliseconds(standby.ExpectedTakeoverMs), standby.Reason);
        }
        table.Write(report.Out, report.Palette, report.Width);
    }
}
