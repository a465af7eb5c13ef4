using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Vaults;

namespace Holdfast.Cli.Declarations;

/// <summary><c>holdfast diff -f FILE</c>, and <c>holdfast diff SNAPSHOT SNAPSHOT</c>: what would change, or what did.</summary>
internal static class DiffCommand
{
    public static Verb Create()
    {
        var (file, access) = (ApplyCommand.File(), new VaultAccess());
        file.Required = false;
        var snapshots = new Argument<string[]>("SNAPSHOT") { Description = "Two snapshots of a vault to compare; a path in them after a colon.", Arity = new ArgumentArity(0, 2) };
        var metadata = new Option<bool>("--metadata") { Description = "Of snapshots: also tell where only rights, owners or times differ." };
        return access.AddTo(new Verb("diff", "Show what 'apply' would change and which resources it would restart; or what differs between two snapshots.",
            "holdfast diff -f roles.yaml", "holdfast diff 5c657874 latest --vault /srv/vault") { snapshots, file, metadata })
            .Does(async (run, cancellationToken) =>
            {
                if (run.Get(snapshots) is [var first, var second] && !run.Has(file))
                {
                    await SnapshotDifferences.ShowAsync(run, access, first, second, run.Get(metadata), cancellationToken);
                    return;
                }

                if (!run.Has(file) || run.Get(snapshots).Length > 0) throw new UsageException("option-missing", "'holdfast diff' needs -f FILE, or two snapshots.", "For example: holdfast diff -f roles.yaml.");
                var declaration = await DeclarationFile.ReadAsync(run, run.Get(file), cancellationToken);
                var plan = await run.Agent.ApplyAsync(declaration.Text, dryRun: true, cancellationToken);
                run.Report.Result(plan, NodeApiJson.Printed.ApplyResponse, p => ChangesText.WritePlanned(p, run.Report));
            });
    }
}
