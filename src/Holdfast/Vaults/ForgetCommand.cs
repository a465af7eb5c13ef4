using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Databases;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault forget</c></summary>
internal static class ForgetCommand
{
    public static Verb Create()
    {
        var (access, choice, names, keep, settings, dryRun) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.Several(), new KeepOptions(), new PruneSettings(), PruneCommand.DryRun());
        var groupBy = new Option<string>("--group-by") { Description = "What the rules apply to separately: host, paths, tags, volumes, separated by commas.", HelpName = "WHAT", DefaultValueFactory = _ => "host,paths" };
        groupBy.Aliases.Add("-g");
        var prune = new Option<bool>("--prune") { Description = "Then remove what no snapshot needs any more." };
        var delay = new DurationOption("--delay", "How long forgotten snapshots can still be brought back.", TimeSpan.Zero);
        var undo = new Option<bool>("--undo") { Description = "Bring the named snapshots back, which were forgotten with --delay." };
        return choice.AddTo(settings.AddTo(keep.AddTo(access.AddWritingTo(new Verb("forget", "Forget snapshots, by rules or by name, and show why each other one stays. One with a legal hold is never forgotten.",
            "holdfast vault forget --keep-daily 7 --keep-weekly 4 --dry-run --vault /srv/vault", "holdfast vault forget --keep-last 30 --delay 7d --prune --vault /srv/vault", "holdfast vault forget --undo 5c657874 --vault /srv/vault") { names, groupBy, prune, delay, undo, dryRun }))))
            .Does(async (run, cancellationToken) =>
            {
                var (rules, options, chosen) = (keep.Read(run), settings.Read(run), run.Get(names));
                if (rules.IsEmpty && chosen.Length == 0 && !run.Get(undo)) throw new UsageException("forget-nothing", "Neither a rule nor a snapshot is given.", "Give rules such as --keep-daily 7, or name snapshots.");

                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: true, cancellationToken);
                // What cannot be read cannot be judged.
                var all = await SnapshotFiles.ListAsync(vault.Repository, unreadable: null, cancellationToken);
                if (run.Get(undo))
                {
                    await UndoAsync(run, vault, choice.Choose(run, all, chosen, trash: true), cancellationToken);
                    return;
                }

                var now = run.Surroundings.Time.GetUtcNow();
                var plan = chosen.Length > 0
                    ? ForgetPlanner.ByName(all, choice.Choose(run, all, chosen), now, run.Get(delay))
                    : DatabaseForget.ByRules(all, choice.Read(run), SnapshotGrouping.Parse(run.Get(groupBy)), rules, now, run.Get(delay));
                if (!run.Get(dryRun)) await CarryOutAsync(vault, plan, cancellationToken);
                PruneStatistics? pruned = null;
                if (run.Get(prune)) pruned = run.Get(dryRun) ? (await new Pruner(vault.Repository, run.Surroundings.Time).PlanAsync(options, [.. plan.Gone], cancellationToken)).Plan.Statistics : await PruneCommand.RunAsync(run, vault, options, dryRun: false, cancellationToken);
                Show(run, plan, run.Get(dryRun), pruned);
            });
    }

    private static async Task CarryOutAsync(LockedVault vault, ForgetPlan plan, CancellationToken cancellationToken)
    {
        await vault.Lock.EnsureHeldAsync(cancellationToken);
        foreach (var snapshot in plan.Gone) await SnapshotFiles.RemoveAsync(vault.Repository, snapshot, cancellationToken);
        if (plan.DeleteAfter is not { } time) return;
        foreach (var snapshot in plan.Forget) await SnapshotFiles.ReplaceAsync(vault.Repository, snapshot, ForgetPlanner.ToTrash(snapshot, time), cancellationToken);
    }

    private static async Task UndoAsync(Invocation run, LockedVault vault, IReadOnlyList<Snapshot> chosen, CancellationToken cancellationToken)
    {
        List<SnapshotChange> done = [];
        foreach (var snapshot in chosen.Where(snapshot => snapshot.DeleteAfter() is not null))
        {
            done.Add(new("restored", snapshot.Id, (await SnapshotFiles.ReplaceAsync(vault.Repository, snapshot, ForgetPlanner.FromTrash(snapshot), cancellationToken)).Id));
        }

        run.Report.Result([.. done], KeepingJson.Default.SnapshotChangeArray, changes =>
        {
            foreach (var (_, before, after) in changes) run.Report.Line($"{before[..8]} is back as {after![..8]}.");
            if (changes.Length == 0) run.Report.Line("None of them was forgotten.");
        });
    }

    private static void Show(Invocation run, ForgetPlan plan, bool dryRun, PruneStatistics? pruned)
    {
        var line = new ForgetLine(dryRun,
            [.. plan.Groups.Select(group => new ForgetGroupLine(group.Key.ToString(), [.. group.Decisions.Where(decision => decision.Keep).Select(decision => new KeptLine(SnapshotLine.Of(decision.Snapshot), decision.Reasons))], [.. group.Decisions.Where(decision => !decision.Keep).Select(decision => SnapshotLine.Of(decision.Snapshot))]))],
            [.. plan.Forget.Select(snapshot => snapshot.Id)], [.. plan.Purge.Select(snapshot => snapshot.Id)], plan.DeleteAfter, pruned);
        run.Report.Result(line, KeepingJson.Default.ForgetLine, _ =>
        {
            foreach (var group in plan.Groups)
            {
                run.Report.Line(run.Report.Palette.Bold(group.Key.ToString()));
                var reasons = group.Decisions.ToDictionary(decision => decision.Snapshot.Id, decision => decision.Keep ? string.Join(", ", decision.Reasons) : "goes");
                SnapshotTable.Write(run.Report, group.Decisions.Select(decision => decision.Snapshot), snapshot => reasons[snapshot.Id], "WHY");
                run.Report.Line();
            }

            var until = plan.DeleteAfter is { } time ? $", and can be brought back until {time.UtcDateTime:yyyy-MM-dd HH:mm}Z" : "";
            run.Report.Line($"{Phrases.Count(plan.Forget.Count, "snapshot", "snapshots")} {(dryRun ? "would be" : plan.Forget.Count == 1 ? "was" : "were")} forgotten{until}.");
            if (plan.Purge.Count > 0) run.Report.Line($"{Phrases.Count(plan.Purge.Count, "snapshot", "snapshots")} forgotten before {(dryRun ? "would be" : "were")} removed for good.");
            if (pruned is not null) PruneCommand.Write(run.Report, pruned, dryRun);
        });
    }
}
