using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Declarations;

/// <summary><c>holdfast config …</c></summary>
internal static class ConfigCommands
{
    public static VerbGroup Create() => new("config", "Check declarations.", "holdfast config check roles.yaml")
    {
        Check(),
    };

    private static Verb Check()
    {
        var file = new Argument<string>("FILE") { Description = "The declaration; '-' reads standard input." };
        return new Verb("check", "Check a declaration without an agent: keys, types, values.", "holdfast config check roles.yaml") { file }
            .Does(async (run, cancellationToken) =>
            {
                var result = DeclarationCheck.Read(await DeclarationFile.ReadAsync(run, run.Get(file), cancellationToken));
                if (!result.Valid) throw DeclarationCheck.Refusal(result);

                run.Report.Result(result, NodeApiJson.Printed.CheckResult, r =>
                    run.Report.Line($"{r.File} is well: {string.Join(", ", new[] { Phrases.Named(r.Roles, "role", "roles"), Phrases.Named(r.Policies, "policy", "policies") }.OfType<string>())}."));
            });
    }
}
