using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Answers;

/// <summary><c>holdfast rehearse</c></summary>
internal static class RehearseCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        var on = Arguments.Text("--on", "The node; without it the one that would take it over.", "NODE");
        return new Verb("rehearse", "Start a role in isolation on a standby, run its probes and end it again. Nothing outside sees it, and nothing that it writes is kept. Exits with 4 when something failed.", "holdfast rehearse web", "holdfast rehearse web --on b") { role, on }
            .Does(async (run, cancellationToken) =>
            {
                var answer = await run.Agent.RehearseAsync(run.Get(role), run.Get(on), cancellationToken);
                run.Report.Result(answer, NodeApiJson.Printed.RehearsalAnswer, told => Write(told, run.Report));
                return (int)(answer.Passed ? ExitCode.Ok : ExitCode.Conflict);
            });
    }

    private static void Write(RehearsalAnswer answer, Report report)
    {
        var verdict = !answer.Passed ? report.Palette.Removed("failed") : answer.Whole ? report.Palette.Added("works") : report.Palette.Changed("works as far as it could be rehearsed");
        report.Line($"{answer.Role} on {answer.Node} {verdict}: started in {Phrases.Milliseconds(answer.StartMs)}{(answer.TakeoverMs is { } takeover ? $"; a takeover would take {Phrases.Milliseconds(takeover)}" : "")}.");
        report.Line();
        var table = new TextTable("RESOURCE", "TYPE", "WAS", "TOOK", "WHY");
        foreach (var resource in answer.Resources) table.Row(resource.Name, resource.Type, resource.Outcome, Phrases.Milliseconds(resource.TookMs), Phrases.OrNothing(resource.Reason));
        table.Write(report.Out, report.Palette, report.Width);
    }
}
