using System.Runtime.CompilerServices;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster watch</c>: a picture that keeps itself up to date, or a line for every change.</summary>
internal static class WatchCommand
{
    public static Verb Create() => new Verb("watch", "Show the cluster and every change until Ctrl-C.", "holdfast cluster watch", "holdfast cluster watch --json | jq .roles")
        .Does(async (run, cancellationToken) =>
        {
            var states = StatusStream.FollowAsync(run, cancellationToken);
            if (run.Json)
            {
                await foreach (var status in states) run.Report.JsonLine(status, NodeApiJson.Printed.ClusterStatus);
            }
            else if (run.Report.Live) await DrawAsync(run, states);
            else await TellAsync(run, states);
        });

    private static async Task TellAsync(Invocation run, IAsyncEnumerable<ClusterStatus> states)
    {
        ClusterStatus? before = null;
        await foreach (var now in states)
        {
            var at = Phrases.Moment(run.Surroundings.Time.GetLocalNow());
            foreach (var change in StatusChanges.Between(before, now)) run.Report.Line($"{at}  {change}");
            run.Report.Out.Flush();
            before = now;
        }
    }

    // Apart, so that the drawing library is loaded only where something is drawn.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task DrawAsync(Invocation run, IAsyncEnumerable<ClusterStatus> states) => LiveStatus.DrawAsync(run.Report, run.Surroundings.Time, states);
}
