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
        var file = new Option<string?>("--file", "-f") { Description = "Delete every role and policy that a declaration names.", HelpName = "FILE" };
        var yes = Confirmation.Option();
        return new Verb("delete", "Stop roles and delete them.", "holdfast delete web", "holdfast delete -f roles.yaml --yes") { role, file, yes }
            .Does(async (run, cancellationToken) =>
            {
                var (roles, policies) = (run.Get(role), run.Get(file)) switch
                {
                    ({ } name, null) => ([name], []),
                    (null, { } path) => NamesOf(await DeclarationFile.ReadAsync(run, path, cancellationToken)),
                    _ => throw new UsageException("role-or-file", "Name either a role or a file.", "Try 'holdfast delete web' or 'holdfast delete -f roles.yaml'."),
                };
                await DeleteAsync(run, roles, policies, yes, cancellationToken);
            });
    }

    public static Verb CreateForRole()
    {
        var role = Arguments.Role();
        var yes = Confirmation.Option();
        return new Verb("delete", "Stop a role and delete it.", "holdfast role delete web") { role, yes }
            .Does((run, cancellationToken) => DeleteAsync(run, [run.Get(role)], [], yes, cancellationToken));
    }

    private static async Task DeleteAsync(Invocation run, IReadOnlyList<string> roles, IReadOnlyList<string> policies, Option<bool> yes, CancellationToken cancellationToken)
    {
        string?[] what = [Phrases.Named(policies, "policy", "policies"), Phrases.Named(roles, "role", "roles")];
        Confirmation.Ask(run, yes, $"{(roles.Count > 0 ? "Stop and delete" : "Delete")} {string.Join(" and ", what.OfType<string>())}?");
        foreach (var policy in policies) run.Report.Done(await run.Agent.DeletePolicyAsync(policy, cancellationToken)); // First: where the management service is away, nothing is deleted.
        foreach (var role in roles) run.Report.Done(await run.Agent.DeleteRoleAsync(role, cancellationToken));
    }

    private static (IReadOnlyList<string> Roles, IReadOnlyList<string> Policies) NamesOf(DeclarationFile file)
    {
        var result = DeclarationCheck.Read(file);
        return result.Valid ? (result.Roles, result.Policies) : throw DeclarationCheck.Refusal(result);
    }
}
