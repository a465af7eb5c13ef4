using System.Runtime.CompilerServices;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Spectre.Console;

namespace Holdfast.Cli.Output;

/// <summary>Shows something that takes time: a spinner with what is going on for a person, plain lines elsewhere.</summary>
internal static class ProgressView
{
    /// <summary>Shows the steps of a long operation until its result.</summary>
    /// <exception cref="HoldfastException">The problem the operation ended with.</exception>
    public static async Task FollowAsync(Report report, string title, IAsyncEnumerable<ProgressLine> lines, CancellationToken cancellationToken)
    {
        string? result = null;
        await RunAsync(report, title, async say =>
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                if (line.Problem is { } problem) throw Problems.ToException(problem);
                if (report.Json) report.JsonLine(line, NodeApiJson.Printed.ProgressLine);
                if (line.Step is { } step) say(step);
                if (line.Result is { } sentence) result = sentence;
            }
        });
        if (result is null) throw new AgentFaultException("agent.bad-answer", "The agent stopped telling before it was done.", "Look with 'holdfast cluster status'.");
        report.Line(result);
    }

    /// <summary>Runs <paramref name="work"/>, which says each step it finished or reached.</summary>
    public static Task RunAsync(Report report, string title, Func<Action<string>, Task> work)
    {
        if (report.Live) return SpinAsync(report, title, work);

        return work(step => report.Line("  " + step));
    }

    // Apart, so that the drawing library is loaded only where something is drawn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task SpinAsync(Report report, string title, Func<Action<string>, Task> work)
    {
        var console = SpectreConsole.For(report);
        return console.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(title), _ => work(step => console.MarkupLine($"  [green]✓[/] {Markup.Escape(step)}")));
    }
}
