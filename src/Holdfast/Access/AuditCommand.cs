using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Access;

/// <summary><c>holdfast audit</c></summary>
internal static class AuditCommand
{
    public static Verb Create()
    {
        var limit = new Option<int>("--limit", "-n") { Description = "How many changes to show, 1 to 200.", HelpName = "COUNT", DefaultValueFactory = _ => 50 };
        return new Verb("audit", "Show who changed what, when and from where, newest first.", "holdfast audit --limit 20") { limit }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Audit(run.Get(limit)), json => json.AuditEntryArray, all =>
            {
                var table = new TextTable("WHEN", "WHO", "NODE", "WHAT");
                foreach (var entry in all) table.Row(Phrases.Instant(entry.At), entry.Who, Phrases.OrNothing(entry.Node), $"{entry.What}: {entry.Outcome ?? "not known"} (from {entry.From})");
                table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
            }, cancellationToken));
    }
}
