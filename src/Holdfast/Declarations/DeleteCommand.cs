using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Declarations;

/// <summary><c>holdfast delete</c> and <c>holdfast role delete</c></summary>
internal static class DeleteCommand
{
    public static Verb Create()
    {
        var role = new Argument<string?>("ROLE") { Description = "The role.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file", "-f") { Description = "Delete every role that a declaration names.", HelpName = "FILE" };
        var yes = Confirmation.Option();
        return new Verb("delete", "Stop roles and delete them.", "holdfast delete web", "holdfast delete -f roles.yaml --yes") { role, file, yes }
            .Does(async (run, cancellationToken) =>
            {
                var roles = (run.Get(role), run.Get(file)) switch
                {
                    ({ } name, null) => [name],
                    (null, { } path) => RolesOf(await DeclarationFile.ReadAsync(run, path, cancellationToken)),
                    _ => throw new UsageException("role-or-file", "Name either a role or a file.", "Try 'holdfast delete web' or 'holdfast delete -f roles.yaml'."),
                };
                await DeleteAsync(run, roles, yes, cancellationToken);
            });
    }

    public static Verb CreateForRole()
    {
        var role = Arguments.Role();
        var yes = Confirmation.Option();
        return new Verb("delete", "Stop a role and delete it.", "holdfast role delete web") { role, yes }
            .Does((run, cancellationToken) => DeleteAsync(run, [run.Get(role)], yes, cancellationToken));
    }

    private static async Task DeleteAsync(Invocation run, IReadOnlyList<string> roles, Option<bool> yes, CancellationToken cancellationToken)
    {
        Confirmation.Ask(run, yes, $"Stop and delete {Phrases.Count(roles.Count, "role", "roles")} ({string.Join(", ", roles)})?");
        foreach (var role in roles) run.Report.Done(await run.Agent.DeleteRoleAsync(role, cancellationToken));
    }

    private static IReadOnlyList<string> RolesOf(DeclarationFile file)
    {
        var result = DeclarationCheck.Read(file);
        return result.Valid ? result.Roles : throw DeclarationCheck.Refusal(result);
    }
}
