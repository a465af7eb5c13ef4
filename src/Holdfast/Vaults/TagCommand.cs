using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast tag</c></summary>
internal static class TagCommand
{
    public static Verb Create()
    {
        var (access, choice, names) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.Several());
        var set = Arguments.Repeated("--set", "Replace the tags by these; one empty tag for none. A hold stays.", "TAG,TAG");
        var add = Arguments.Repeated("--add", $"Add these tags; {ReservedTags.Hold} puts a legal hold on it.", "TAG,TAG");
        var remove = Arguments.Repeated("--remove", "Take these tags off.", "TAG,TAG");
        return choice.AddTo(access.AddTo(new Verb("tag", "Change the tags of snapshots. A changed snapshot has a new id, and remembers its first.",
            "holdfast tag --add audit 5c657874 --vault /srv/vault", $"holdfast tag --add {ReservedTags.Hold} latest --vault /srv/vault") { names, set, add, remove }))
            .Does(async (run, cancellationToken) =>
            {
                var change = new TagChange { Set = run.Has(set) ? Tags(run.Get(set)) : null, Add = Tags(run.Get(add)), Remove = Tags(run.Get(remove)) };
                if (change is { Set: null, Add: [], Remove: [] }) throw new UsageException("tag-nothing", "There is nothing to change.", "Give --set, --add or --remove.");
                if (change is { Set: not null, Add.Count: > 0 } or { Set: not null, Remove.Count: > 0 }) throw new UsageException("tag-both", "--set goes without --add and --remove.");

                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: true, cancellationToken);
                var all = await LockedVault.SnapshotsAsync(run, vault.Repository, cancellationToken);
                List<SnapshotChange> done = [];
                foreach (var before in choice.Choose(run, all, run.Get(names)))
                {
                    if (change.Apply(before) is not { } after) continue;
                    done.Add(new("tagged", before.Id, (await SnapshotFiles.ReplaceAsync(vault.Repository, before, after, cancellationToken)).Id));
                }

                run.Report.Result([.. done], KeepingJson.Default.SnapshotChangeArray, changes =>
                {
                    foreach (var (_, before, after) in changes) run.Report.Line($"{before[..8]} is {after![..8]} now.");
                    run.Report.Line($"{Phrases.Count(changes.Length, "snapshot was", "snapshots were")} changed.");
                });
            });
    }

    private static string[] Tags(string[] lists) => [.. lists.SelectMany(SnapshotFilter.TagList)];
}
