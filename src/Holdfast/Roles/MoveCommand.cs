using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role move</c></summary>
internal static class MoveCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        var to = Arguments.Text("--to", "The node; without it the best one is chosen.", "NODE");
        var wait = Arguments.Wait();
        var timeout = Arguments.Timeout();
        return new Verb("move", "Move a role to another node, stopping it first.", "holdfast role move web", "holdfast role move web --to b --wait") { role, to, wait, timeout }
            .Does(async (run, cancellationToken) =>
            {
                var name = run.Get(role);
                var target = run.Get(to);
                var before = run.Get(wait) ? Epoch.Parse((await run.Agent.RoleAsync(name, cancellationToken)).Summary.Epoch) : default;
                var done = await run.Agent.MoveAsync(name, new MoveRequest(target), cancellationToken);
                if (run.Get(wait)) await RoleWait.UntilAsync(run, [name], done.Message, run.Get(timeout), r => HasMoved(r, before, target), before, cancellationToken, r => Missed(r, before, target));
                run.Report.Done(done);
            });
    }

    // The epoch, not the owner, shows that it moved when nobody said where to; a role already there needs no move.
    private static bool HasMoved(RoleSummary? role, Epoch before, string? target) =>
        role is { State: "online" } && (target is null ? Epoch.Parse(role.Epoch) > before : role.Owner == target);

    // Placed by hand, it stays where it came online: the planner does not take it to the target later.
    private static HoldfastException? Missed(RoleSummary role, Epoch before, string? target) =>
        role is { State: "online", Owner: { } owner } && target is not null && owner != target && Epoch.Parse(role.Epoch) > before
            ? new(ErrorKind.Conflict, "role.elsewhere", $"Role '{role.Name}' came online on {owner}, epoch {role.Epoch}, and not on {target}: {role.Because}",
                $"'holdfast role explain {role.Name}' shows why; move it again when {target} can take it.")
            : RoleWait.Overruled(role, DesiredState.Online);
}
