using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Answers;

/// <summary><c>holdfast what-if</c></summary>
internal static class WhatIfCommand
{
    public static Verb Create()
    {
        var down = Arguments.List("--down", "The nodes that would be lost, at once.", "NODES");
        return new Verb("what-if", "Say what would happen if nodes were lost; without --down, for each node and each two.", "holdfast what-if --down b,c", "holdfast what-if") { down }
            .Does((run, cancellationToken) => run.Get(down) is { Length: > 0 } nodes
                ? run.ShowAsync(NodeApi.WhatIf(nodes), json => json.WhatIfAnswer, answer => Write(answer, run.Report), cancellationToken)
                : run.ShowAsync(NodeApi.Failures, json => json.FailureOutlookArray, map => WriteMap(map, run.Report), cancellationToken));
    }

    private static void Write(WhatIfAnswer answer, Report report)
    {
        TextWrap.Write(report.Out, answer.Votes, report.Width, indent: 0);
        report.Line();
        OutlookText.Table(answer.Roles).Write(report.Out, report.Palette, report.Width);
    }

    private static void WriteMap(FailureOutlook[] map, Report report)
    {
        var table = new TextTable("LOST", "STORE", "MOVES", "OFFLINE");
        foreach (var failure in map)
        {
            var offline = failure.Offline.Select(role => failure.NeedsWord.Contains(role) ? $"{role} (until confirm-down)" : role);
            table.Row(string.Join(", ", failure.Down), failure.Store, Phrases.OrNothing(failure.Moves.Count > 3 ? $"{failure.Moves.Count} roles" : string.Join(", ", failure.Moves)), Phrases.OrNothing(string.Join(", ", offline)));
        }
        table.Write(report.Out, report.Palette, report.Width);
    }
}
