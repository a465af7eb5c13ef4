using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Roles;

/// <summary><c>holdfast role failback</c></summary>
internal static class FailbackCommand
{
    public static Verb Create()
    {
        var role = Arguments.Role();
        var no = new Option<bool>("--no") { Description = "Leave it where it is, and ask no more until its owner changes." };
        return new Verb("failback", "Take a role back to a node that it prefers: now, whatever its policy.", "holdfast role failback web", "holdfast role failback web --no") { role, no }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.RoleActAsync(run.Get(role), run.Get(no) ? "stay" : "failback", cancellationToken)));
    }
}
