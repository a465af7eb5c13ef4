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
            .Does(async (run, cancellationToken) =>
            {
                var standbys = await run.Agent.StandbyAsync(run.Get(role), cancellationToken);
                run.Report.Result(standbys, NodeApiJson.Printed.StandbyArray, all =>
                {
                    if (all.Length == 0)
                    {
                        run.Report.Line("No other node may own it.");
                        return;
                    }
                    var table = new TextTable("NODE", "NEXT", "WATCHES", "TAKEOVER", "WHY");
                    foreach (var standby in all)
                    {
                        table.Row(standby.Node, standby.WouldWin ? "yes" : "no", Phrases.OrNothing(standby.Monitoring), Phrases.Milliseconds(standby.ExpectedTakeoverMs), standby.Reason);
                    }
                    table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
                });
            });
    }
}
