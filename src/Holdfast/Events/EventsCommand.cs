using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Events;

/// <summary><c>holdfast events</c></summary>
internal static class EventsCommand
{
    public static Verb Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until Ctrl-C." };
        var limit = new Option<int>("--limit", "-n") { Description = "How many past events to show.", HelpName = "COUNT", DefaultValueFactory = _ => 50 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var count) || count is < 0 or > 100_000)) result.AddError($"--limit '{token.Value}' must be a number from 0 to 100000");
        });
        var role = Arguments.Text("--role", "Only events of this role.", "ROLE");
        var node = Arguments.Text("--node", "Only events that this node saw.", "NODE");
        return new Verb("events", "Show what happened, on every node, oldest first.", "holdfast events --limit 20", "holdfast events --follow --role web") { follow, limit, role, node }
            .Does((run, cancellationToken) =>
            {
                var query = new EventQuery(run.Get(limit), run.Get(role), run.Get(node));
                return run.Get(follow) ? FollowAsync(run.Report, run.Agent, query, cancellationToken)
                    : run.ShowAsync(NodeApi.Events(query), json => json.ClusterEventArray, all =>
                    {
                        if (all.Length == 0) run.Report.Line("No events.");
                        foreach (var seen in all) Write(seen, run.Report);
                    }, cancellationToken);
            });
    }

    public static async Task FollowAsync(Report report, NodeApiClient api, EventQuery query, CancellationToken cancellationToken)
    {
        await foreach (var seen in api.FollowEventsAsync(query, cancellationToken)) Write(seen, report);
    }

    private static void Write(ClusterEvent seen, Report report)
    {
        if (report.Json)
        {
            report.JsonLine(seen, NodeApiJson.Printed.ClusterEvent);
            return;
        }
        var about = (seen.Role, seen.Resource) switch
        {
            ({ } role, { } resource) => $"{role}/{resource} ",
            ({ } role, null) => role + " ",
            _ => "",
        };
        report.Line($"{report.Palette.Faint(Phrases.Instant(seen.At))} {seen.Node,-8} {seen.Kind,-18} {about}{seen.Message}");
        report.Out.Flush();
    }
}
