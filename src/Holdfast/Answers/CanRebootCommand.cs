using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Answers;

/// <summary><c>holdfast can-i-reboot</c></summary>
internal static class CanRebootCommand
{
    public static Verb Create()
    {
        var node = Arguments.Node();
        return new Verb("can-i-reboot", "Say whether a node can be restarted now, what would move, and what is without a second place meanwhile. Exits with 4 when it cannot.", "holdfast can-i-reboot b") { node }
            .Does(async (run, cancellationToken) =>
            {
                var answer = await run.Agent.CanRebootAsync(run.Get(node), cancellationToken);
                run.Report.Result(answer, NodeApiJson.Printed.RebootAnswer, told => Write(told, run.Report));
                return (int)(answer.Yes ? ExitCode.Ok : ExitCode.Conflict);
            });
    }

    private static void Write(RebootAnswer answer, Report report)
    {
        report.Line(answer.Yes ? $"{report.Palette.Added("Yes")}: everything stays online. Drain it first: holdfast node drain {answer.Node}" : $"{report.Palette.Removed("No")}.");
        foreach (var reason in answer.Reasons) TextWrap.Write(report.Out, "- " + reason, report.Width, indent: 2, hang: 2);
        if (answer.Moves.Count > 0)
        {
            report.Line();
            OutlookText.Table(answer.Moves).Write(report.Out, report.Palette, report.Width);
        }

        if (answer.LosesRedundancy.Count == 0) return;
        report.Line();
        TextWrap.Write(report.Out, $"While {answer.Node} is away, nobody else could take over: {string.Join(", ", answer.LosesRedundancy)}.", report.Width, indent: 0);
    }
}
