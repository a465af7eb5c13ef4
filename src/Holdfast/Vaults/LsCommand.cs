using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast ls</c></summary>
internal static class LsCommand
{
    public static Verb Create()
    {
        var (access, filter, name) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.One());
        var directory = new Argument<string?>("DIR") { Description = "Only what is in this directory, as one given after a colon; it is gone into with --recursive.", Arity = ArgumentArity.ZeroOrOne };
        var details = new Option<bool>("--long") { Description = "With rights, owner, size and time." };
        details.Aliases.Add("-l");
        var recursive = new Option<bool>("--recursive") { Description = "Also what is below the directory that is named." };
        return filter.AddTo(access.AddTo(new Verb("ls", "List what a snapshot holds.", "holdfast ls latest --vault /srv/vault", "holdfast ls -l latest:/srv/www --vault /srv/vault") { name, directory, details, recursive }))
            .Does(async (run, cancellationToken) =>
            {
                await using var opened = await access.OpenAsync(run, cancellationToken);
                var vault = await opened.LockedAsync(run, cancellationToken);
                var choice = SnapshotChoice.Parse(run.Get(name));
                var snapshot = await SnapshotFiles.FindAsync(vault, choice, filter.Read(run), LockedVault.LeftOut(run), cancellationToken);
                var path = run.Get(directory) ?? choice.Path;
                var node = await TreePath.FindAsync(vault, snapshot.Tree, path, cancellationToken);
                var at = "/" + path.Trim('/');
                if (node is { Type: not NodeType.Directory })
                {
                    NodeText.Show(run, new(at, node), run.Get(details));
                    return;
                }

                await foreach (var found in TreePath.WalkAsync(vault, node?.Subtree ?? snapshot.Tree, at.TrimEnd('/'), node is null || run.Get(recursive), cancellationToken)) NodeText.Show(run, found, run.Get(details));
            });
    }
}
