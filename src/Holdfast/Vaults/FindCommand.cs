using System.CommandLine;
using System.IO.Enumeration;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast find</c></summary>
internal static class FindCommand
{
    public static Verb Create()
    {
        var (access, filter) = (new VaultAccess(), new SnapshotChoiceOptions());
        var patterns = new Argument<string[]>("PATTERN") { Description = "Names with * and ?; with a slash, whole paths.", Arity = ArgumentArity.OneOrMore };
        var snapshots = Arguments.Repeated("--snapshot", "Only in this snapshot.", "SNAPSHOT");
        snapshots.Aliases.Add("-s");
        var ignoreCase = new Option<bool>("--ignore-case") { Description = "Large and small letters are the same." };
        ignoreCase.Aliases.Add("-i");
        var details = new Option<bool>("--long") { Description = "With rights, owner, size and time." };
        details.Aliases.Add("-l");
        return filter.AddTo(access.AddTo(new Verb("find", "Find files in all snapshots, or in some.", "holdfast find '*.conf' --vault /srv/vault", "holdfast find -l '/etc/*/passwd' --host web1 --vault /srv/vault") { patterns, snapshots, ignoreCase, details }))
            .Does(async (run, cancellationToken) =>
            {
                await using var opened = await access.OpenAsync(run, cancellationToken);
                var vault = await opened.LockedAsync(run, cancellationToken);
                var all = await LockedVault.SnapshotsAsync(run, vault, cancellationToken);
                foreach (var snapshot in filter.Choose(run, all, run.Get(snapshots)))
                {
                    var first = true;
                    await foreach (var found in TreePath.WalkAsync(vault, snapshot.Tree, "", recursive: true, cancellationToken))
                    {
                        if (!run.Get(patterns).Any(pattern => Matches(pattern, found, run.Get(ignoreCase)))) continue;
                        if (first) run.Report.Line(run.Report.Palette.Bold($"snapshot {snapshot.ShortId} of {snapshot.Time:yyyy-MM-dd HH:mm:ss}, {snapshot.Hostname}"));
                        first = false;
                        NodeText.Show(run, found, run.Get(details), snapshot.Id);
                    }

                    if (!first) run.Report.Line();
                }
            });
    }

    private static bool Matches(string pattern, FoundNode found, bool ignoreCase) =>
        FileSystemName.MatchesSimpleExpression(pattern, ByteText.ToPrintable(pattern.Contains('/', StringComparison.Ordinal) ? found.Path : found.Node.Name), ignoreCase);
}
