using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Pruning;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault prune</c></summary>
internal static class PruneCommand
{
    public static Verb Create()
    {
        var (access, settings, dryRun) = (new VaultAccess(), new PruneSettings(), DryRun());
        return settings.AddTo(access.AddWritingTo(new Verb("prune", "Remove what no snapshot needs. Can be interrupted at any time.",
            "holdfast vault prune --vault /srv/vault", "holdfast vault prune --dry-run --max-unused 0 --vault /srv/vault") { dryRun }))
            .Does(async (run, cancellationToken) =>
            {
                var options = settings.Read(run);
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: true, cancellationToken);
                var statistics = await RunAsync(run, vault, options, run.Get(dryRun), cancellationToken);
                run.Report.Result(new PruneLine(run.Get(dryRun), statistics, statistics.Freed, statistics.UnusedAfter), KeepingJson.Default.PruneLine, _ => Write(run.Report, statistics, run.Get(dryRun)));
            });
    }

    public static Option<bool> DryRun()
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Change nothing, only say what would be done." };
        dryRun.Aliases.Add("-n");
        return dryRun;
    }

    public static async Task<PruneStatistics> RunAsync(Invocation run, LockedVault vault, PruneOptions options, bool dryRun, CancellationToken cancellationToken)
    {
        PreparedPrune prune = null!;
        await ProgressView.RunAsync(run.Report, "Pruning", async say =>
        {
            var pruner = new Pruner(vault.Repository, run.Surroundings.Time, new StageProgress(say));
            prune = await pruner.PlanAsync(options, [], cancellationToken);
            if (!dryRun) await pruner.RunAsync(prune, vault.Lock, cancellationToken);
        });
        return prune.Plan.Statistics;
    }

    public static void Write(Report report, PruneStatistics statistics, bool dryRun)
    {
        report.Line($"used:     {SizeText.Format(statistics.Used.Bytes)} in {Phrases.Count((int)statistics.Used.Blobs, "blob", "blobs")}");
        report.Line($"unused:   {SizeText.Format(statistics.Unused.Bytes + statistics.Duplicate.Bytes)}, of which {SizeText.Format(statistics.UnusedAfter)} {(dryRun ? "would stay" : "stay")} within the limit");
        report.Line($"{(dryRun ? "to repack:" : "repacked:")} {Phrases.Count(statistics.PacksRepacked, "pack", "packs")}, {SizeText.Format(statistics.Repack.Bytes)}");
        report.Line($"{(dryRun ? "to remove:" : "removed: ")} {Phrases.Count(statistics.PacksRemoved + statistics.PacksUnreferenced, "pack", "packs")} of which nothing {(dryRun ? "is" : "was")} used");
        report.Line(dryRun ? $"This would free {SizeText.Format(statistics.Freed)}." : $"{SizeText.Format(statistics.Freed)} are free now.");
    }

    // Each stage once, when it is done: a line for each file would hide what matters.
    private sealed class StageProgress(Action<string> say) : IProgress<PruneProgress>
    {
        public void Report(PruneProgress value)
        {
            if (value.Done != value.Total || value.Total == 0) return;
            lock (this)
            {
                say(value.Stage switch
                {
                    PruneStage.RemoveUnreferenced => $"{Phrases.Count(value.Total, "pack", "packs")} that no index lists: removed",
                    PruneStage.Repack => $"{Phrases.Count(value.Total, "pack", "packs")}: what is used of {(value.Total == 1 ? "it" : "them")} is written anew",
                    PruneStage.Index => $"index written anew, {Phrases.Count(value.Total, "old file", "old files")} removed",
                    _ => $"{Phrases.Count(value.Total, "pack", "packs")} removed",
                });
            }
        }
    }
}
