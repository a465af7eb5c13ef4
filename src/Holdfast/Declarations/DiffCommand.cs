using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Declarations;

/// <summary><c>holdfast diff -f FILE</c></summary>
internal static class DiffCommand
{
    public static Verb Create()
    {
        var file = ApplyCommand.File();
        return new Verb("diff", "Show what 'apply' would change and which resources it would restart.", "holdfast diff -f roles.yaml") { file }
            .Does(async (run, cancellationToken) =>
            {
                var declaration = await DeclarationFile.ReadAsync(run, run.Get(file), cancellationToken);
                var plan = await run.Agent.ApplyAsync(declaration.Text, dryRun: true, cancellationToken);
                run.Report.Result(plan, NodeApiJson.Printed.ApplyResponse, p => ChangesText.WritePlanned(p, run.Report));
            });
    }
}
