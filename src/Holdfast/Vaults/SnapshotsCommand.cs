using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast snapshots</c></summary>
internal static class SnapshotsCommand
{
    public static Verb Create()
    {
        var (access, choice, names) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.Several());
        var latest = new Option<int?>("--latest") { Description = "Only the newest so many of each group.", HelpName = "N" };
        var groupBy = new Option<string?>("--group-by") { Description = "Show them in groups: by host, paths, tags, volumes, separated by commas.", HelpName = "WHAT" };
        groupBy.Aliases.Add("-g");
        var trash = new Option<bool>("--trash") { Description = "Also those that were forgotten and may still come back." };
        return choice.AddTo(access.AddTo(new Verb("snapshots", "List the snapshots of a vault.", "holdfast snapshots --vault /srv/vault", "holdfast snapshots --vault /srv/vault --host web1 --latest 3") { names, latest, groupBy, trash }))
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var all = await LockedVault.SnapshotsAsync(run, vault.Repository, cancellationToken);
                var chosen = choice.Choose(run, all, run.Get(names), run.Get(trash));
                var by = run.Get(groupBy);
                // The newest of each group are meant by restic too when no groups are shown.
                var groups = (by is null ? SnapshotGrouping.Default : SnapshotGrouping.Parse(by)).Group(chosen)
                    .Select(group => group with { Snapshots = [.. group.Snapshots.Take(run.Get(latest) ?? int.MaxValue).Reverse()] }).ToList();
                if (by is null) Show(run, [.. groups.SelectMany(group => group.Snapshots).OrderBy(snapshot => snapshot.Time)]);
                else ShowGroups(run, groups);
            });
    }

    private static void Show(Invocation run, Snapshot[] snapshots) => run.Report.Result([.. snapshots.Select(SnapshotLine.Of)], KeepingJson.Default.SnapshotLineArray, _ =>
    {
        SnapshotTable.Write(run.Report, snapshots);
        run.Report.Line(Phrases.Count(snapshots.Length, "snapshot", "snapshots"));
    });

    private static void ShowGroups(Invocation run, List<SnapshotGroup> groups) =>
        run.Report.Result([.. groups.Select(group => new SnapshotGroupLine(group.Key.ToString(), [.. group.Snapshots.Select(SnapshotLine.Of)]))], KeepingJson.Default.SnapshotGroupLineArray, _ =>
        {
            foreach (var group in groups)
            {
                run.Report.Line(run.Report.Palette.Bold(group.Key.ToString()));
                SnapshotTable.Write(run.Report, group.Snapshots);
                run.Report.Line();
            }
        });
}
