using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role maintenance</c> and <c>holdfast cluster maintenance</c></summary>
internal static class MaintenanceCommand
{
    public static Verb CreateForRole() => Create(Arguments.Role(), "Leave a role alone for a while: it is observed, and nothing is done when it fails.", "holdfast role maintenance web", "new disk");

    public static Verb CreateForCluster() => Create(null, "Leave every role alone for a while: all is observed, and nothing is done when something fails.", "holdfast cluster maintenance", "switch firmware");

    private static Verb Create(Argument<string>? role, string description, string example, string why)
    {
        var time = new DurationOption("--for", "How long; it ends by itself. From 1m to 30d.", TimeSpan.FromHours(1));
        var reason = Arguments.Text("--reason", "Why, for those who see it.", "TEXT");
        var end = new Option<bool>("--end") { Description = "End it before its time." };
        var verb = new Verb("maintenance", description, $"{example} --for 2h --reason \"{why}\"", $"{example} --end") { time, reason, end };
        if (role is not null) verb.Add(role);
        return verb.Does(async (run, cancellationToken) =>
        {
            if (run.Get(end) && (run.Has(time) || run.Has(reason))) throw new UsageException("option-conflict", "--end ends a maintenance; it takes neither a time nor a reason.", "Leave out --for and --reason.");
            var name = role is null ? null : run.Get(role);
            run.Report.Done(run.Get(end)
                ? await run.Agent.EndMaintenanceAsync(name, cancellationToken)
                : await run.Agent.MaintainAsync(name, new MaintenanceRequest(run.Get(time).TotalSeconds, run.Get(reason)), cancellationToken));
        });
    }
}
