using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role explain</c></summary>
internal static class ExplainCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        return new Verb("explain", "Say why a role is where it is, and what would change that.", "holdfast role explain web") { role }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Explain(run.Get(role)), json => json.RoleExplain, explained => Write(explained, run.Report), cancellationToken));
    }

    private static void Write(RoleExplain explained, Report report)
    {
        RoleText.WriteHeading(explained.Summary, report);
        report.Line();
        report.Line(report.Palette.Bold("Why"));
        TextWrap.Write(report.Out, explained.Why, report.Width, indent: 2);
        WriteList("Evidence", explained.Evidence, report);
        if (explained.Candidates.Count > 0)
        {
            report.Line();
            report.Line(report.Palette.Bold("Candidates"));
            var table = new TextTable("NODE", "RANK", "WHY");
            foreach (var candidate in explained.Candidates) table.Row(candidate.Node.Value, candidate.Eligible ? $"{candidate.Rank}" : "no", candidate.Reason);
            table.Write(report.Out, report.Palette, report.Width);
        }
        WriteList("What would change it", explained.WhatWouldChangeIt, report);
        RoleText.WriteHistory(explained.History, report);
    }

    private static void WriteList(string heading, IReadOnlyList<string> sentences, Report report)
    {
        if (sentences.Count == 0) return;

        report.Line();
        report.Line(report.Palette.Bold(heading));
        foreach (var sentence in sentences) TextWrap.Write(report.Out, "- " + sentence, report.Width, indent: 2, hang: 2);
    }
}
