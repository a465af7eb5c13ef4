using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.Clusters;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Declarations;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role …</c></summary>
internal static class RoleCommands
{
    public static VerbGroup Create() => new("role", "Make, move and explain roles: what must live in exactly one place.", "holdfast role list", "holdfast role explain web")
    {
        CreateRoleCommand.Create(),
        List(),
        ShowRoleCommand.Create(),
        MoveCommand.Create(),
        FailbackCommand.Create(),
        StartOrStop("start", "Bring a role online, also one that failed too often.", DesiredState.Online, role => role?.State == "online"),
        StartOrStop("stop", "Take a role offline and leave it so.", DesiredState.Offline, role => role is { State: "offline" } or { Phase: PlacementPhase.Failed }),
        MaintenanceCommand.CreateForRole(),
        ExplainCommand.Create(),
        StandbyCommand.Create(),
        DeleteCommand.CreateForRole(),
    };

    private static Verb List() => new Verb("list", "List the roles.", "holdfast role list", "holdfast role list --json")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Roles, json => json.RoleSummaryArray, all =>
        {
            if (all.Length == 0) run.Report.Line("No roles yet. Make one: holdfast role create NAME --process COMMAND");
            else StatusText.RoleTable(all).Write(run.Report.Out, run.Report.Palette, run.Report.Width);
        }, cancellationToken));

    private static Verb StartOrStop(string act, string description, DesiredState wanted, Func<RoleSummary?, bool> reached)
    {
        var role = Arguments.Role();
        var wait = Arguments.Wait();
        var timeout = Arguments.Timeout();
        return new Verb(act, description, $"holdfast role {act} web", $"holdfast role {act} web --wait --timeout 30s") { role, wait, timeout }
            .Does(async (run, cancellationToken) =>
            {
                var name = run.Get(role);
                Epoch? before = run.Get(wait) ? Epoch.Parse((await run.Agent.RoleAsync(name, cancellationToken)).Summary.Epoch) : null;
                var done = await run.Agent.RoleActAsync(name, act, cancellationToken);
                if (run.Get(wait)) await RoleWait.UntilAsync(run, [name], done.Message, run.Get(timeout), reached, before, cancellationToken, r => RoleWait.Overruled(r, wanted));
                run.Report.Done(done);
            });
    }
}
