using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Copying;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault seed</c></summary>
internal static class SeedCommand
{
    public static Verb Create()
    {
        var (access, other, dryRun) = (new VaultAccess(), new OtherVault(), PruneCommand.DryRun());
        var nodes = Arguments.List("--node", "The nodes that must have a complete backup; else all that made one.", "NODE");
        var volumes = Arguments.List("--shared-volume", "The shared volumes that must have one; else all that were present at any backup.", "ID");
        return other.AddTo(access.AddWritingTo(new Verb("seed", "Copy what a far vault needs to begin with: onto a disk here, and from the disk there. An incomplete seed is refused, with what is missing.",
            "holdfast vault seed --from-vault /srv/vault --vault /mnt/disk/vault", "holdfast vault seed --from-vault /mnt/disk/vault --vault rest:https://far.example:8000/office/") { nodes, volumes, dryRun }))
            .Does(async (run, cancellationToken) =>
            {
                await using var source = await other.OpenAsync(run, access.Connection, cancellationToken);
                await using var reading = await ReadLock.TakeAsync(run, source.Repository, cancellationToken);
                // A base that cannot be read is no base; what is missing must be known.
                var all = await SnapshotFiles.ListAsync(source.Repository, unreadable: null, cancellationToken);
                var plan = SeedPlanner.Plan(all, OrKnown(run.Get(nodes), SeedPlanner.NodesOf(all)), OrKnown(run.Get(volumes), SeedPlanner.SharedVolumesOf(all)));
                if (run.Get(dryRun))
                {
                    Show(run, plan);
                    return;
                }

                plan.RefuseIncomplete();
                await using var target = await LockedVault.OpenAsync(run, access, exclusive: false, cancellationToken);
                await CopyCommand.CopyAsync(run, source, target, plan.Snapshots, cancellationToken);
            });
    }

    private static IReadOnlyList<string> OrKnown(string[] given, IReadOnlyList<string> known) => given.Length > 0 ? given : known;

    private static void Show(Invocation run, SeedPlan plan) =>
        run.Report.Result(new SeedLine(plan.Gaps.Count == 0, [.. plan.Snapshots.Select(snapshot => snapshot.Id)], [.. plan.Bases.Select(snapshot => snapshot.Id)], [.. plan.Gaps.Select(gap => gap.ToString())]), KeepingJson.Default.SeedLine, line =>
        {
            SnapshotTable.Write(run.Report, plan.Snapshots, snapshot => plan.Bases.Contains(snapshot) ? "base" : "", "ROLE");
            foreach (var gap in line.Missing) run.Report.Line(run.Report.Palette.Removed("missing: ") + gap);
            run.Report.Line(line.Complete ? "The seed is complete." : "The seed is incomplete.");
        });
}
