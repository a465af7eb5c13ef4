using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Checking;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault check</c></summary>
internal static class CheckCommand
{
    private const int Damaged = 1;

    public static Verb Create()
    {
        var access = new VaultAccess();
        var readData = new Option<bool>("--read-data") { Description = "Read and verify every pack." };
        var subset = Arguments.Text("--read-data-subset", "Read a part: 1/7, 10% or 50G. Those not read for longest come first.", "PART");
        var history = Arguments.Text("--history", "Remember in this file which packs were read when, so that a check can stop and go on.", "FILE");
        var trust = new DurationOption("--trust", "With --history: do not read a pack again that was found whole within this time.", TimeSpan.Zero);
        return access.AddTo(new Verb("check", "Find out whether everything that snapshots need is there and whole.",
            "holdfast vault check --vault /srv/vault", "holdfast vault check --read-data --vault /srv/vault", "holdfast vault check --read-data-subset 10% --history /var/lib/vault.checked --vault /srv/vault") { readData, subset, history, trust })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                await using var held = await ReadLock.TakeAsync(run, vault.Repository, cancellationToken);
                var options = new CheckOptions
                {
                    Read = run.Get(subset) is { } part ? ReadSubset.Parse(part) : run.Get(readData) ? ReadSubset.All : null,
                    History = run.Get(history) is { } file ? ReadHistory.Open(file, vault.Repository.Config.Id) : null,
                    Trust = run.Get(trust),
                };
                var meter = new CheckMeter(run.Surroundings.Time);
                var report = await new RunDisplay(run).WhileAsync(() => new Checker(vault.Repository, run.Surroundings.Time, meter).CheckAsync(options, cancellationToken), meter.Line);
                run.Report.Result(report, KeepingJson.Default.CheckReport, _ => Write(run.Report, report));
                return report.IsSound ? 0 : Damaged;
            });
    }

    private static void Write(Report report, CheckReport found)
    {
        foreach (var problem in found.Problems)
        {
            var text = problem.ToString();
            report.Line(problem.Kind == ProblemKind.Error ? report.Palette.Removed("error: ") + text : "hint: " + text);
        }

        report.Line($"{Phrases.Count(found.Snapshots, "snapshot", "snapshots")}, {Phrases.Count(found.Packs, "pack", "packs")}; {found.PacksRead} read ({SizeText.Format(found.BytesRead)}){(found.PacksTrusted > 0 ? $", {found.PacksTrusted} not again" : "")}.");
        if (found.UnusedBytes > 0) report.Line($"{SizeText.Format(found.UnusedBytes.Value)} are not used by any snapshot; prune removes them.");
        report.Line(found.IsSound ? report.Palette.Added("No errors were found.") : report.Palette.Removed($"{Phrases.Count(found.Problems.Count(problem => problem.Kind == ProblemKind.Error), "error was", "errors were")} found."));
    }
}
