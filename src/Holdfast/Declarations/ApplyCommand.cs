using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Roles;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Declarations;

/// <summary><c>holdfast apply -f FILE</c></summary>
internal static class ApplyCommand
{
    public static Option<string> File() => new("--file", "-f") { Description = "The declaration; '-' reads standard input.", HelpName = "FILE", Required = true };

    public static Verb Create()
    {
        var file = File();
        var wait = Arguments.Wait();
        var timeout = Arguments.Timeout();
        return new Verb("apply", "Make the roles, jobs, calendars and policies of a file so; all of it or nothing.", "holdfast apply -f roles.yaml", "holdfast apply -f roles.yaml --wait") { file, wait, timeout }
            .Does(async (run, cancellationToken) =>
            {
                var declaration = await DeclarationFile.ReadAsync(run, run.Get(file), cancellationToken);
                var applied = await run.Agent.ApplyAsync(declaration.Text, dryRun: false, cancellationToken);
                var roles = applied.Changes.Where(change => change.Action != "delete").Select(change => change.Role).ToArray();
                if (run.Get(wait) && roles.Length > 0)
                {
                    await RoleWait.UntilAsync(run, roles, "Waiting for the roles…", run.Get(timeout), role => role is not null && IsAsWanted(role), before: null, cancellationToken);
                }
                run.Report.Result(applied, NodeApiJson.Printed.ApplyResponse, a => ChangesText.WriteDone(a, run.Report));
            });
    }

    private static bool IsAsWanted(Agent.Api.RoleSummary role) => role.State == (role.Desired == DesiredState.Online ? "online" : "offline");
}
