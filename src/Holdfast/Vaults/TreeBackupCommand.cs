using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast backup PATH…</c></summary>
internal static class TreeBackupCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var options = new TreeBackupOptions();
        var verb = new Verb("backup", "Back up files and directories, or a volume, to a vault. Only what is new is sent.",
            "holdfast backup --vault /srv/vault --password-file /etc/vault.password /home /etc",
            "holdfast backup --vault rest:https://backup.example:8000/office/ --exclude '*.tmp' --tag nightly /srv",
            "find /srv -newer /srv/last -print0 | holdfast backup --vault /srv/vault --files-from-raw -",
            "pg_dump shop | holdfast backup --vault /srv/vault --stdin --stdin-filename shop.sql",
            "holdfast backup --vault /srv/vault --image /srv/machines/shop.img");
        options.AddTo(verb);
        return access.AddWritingTo(verb).Does(async (run, cancellationToken) =>
        {
            var display = new RunDisplay(run);
            if (options.IsImage(run))
            {
                var image = options.ReadImage(run, Warn);
                await using var vault = await access.OpenAsync(run, cancellationToken);
                await ImageBackupStep.RunAsync(run, vault.Repository, image, display, cancellationToken);
                return;
            }

            var request = options.Read(run, display.Issue, Warn);
            using var scan = new EarlyScan(request.Trees, run.Surroundings.Time);
            // A command that is to run first may change what is there.
            Action atWork = request.Stream is null && request.Hooks.Before is null ? scan.Begin : static () => { };
            await using var opened = await access.OpenAsync(run, atWork, cancellationToken);
            var backup = new SnapshotBackup(opened.Repository, run.Surroundings.Time);
            var started = run.Surroundings.Time.GetTimestamp();
            var (snapshot, result) = await display.WhileAsync(() => backup.RunAsync(request with { Trees = request.Trees with { Scan = scan } }, cancellationToken), () => backup.Progress);
            Summarise(run, snapshot, result, run.Surroundings.Time.GetElapsedTime(started), request.DryRun);
            if (!result.IsComplete)
            {
                throw new HoldfastException(ErrorKind.Conflict, "backup.incomplete", "Some files could not be read and are not in the snapshot.", "See the warnings above; the rest is saved.");
            }

            void Warn(string warning) => display.Line(() => run.Report.Warn(warning));
        });
    }

    private static void Summarise(Invocation run, Snapshot snapshot, BackupResult result, TimeSpan elapsed, bool dryRun)
    {
        var counts = result.Counts;
        var line = new BackupSummaryLine(
            "summary", counts.FilesNew, counts.FilesChanged, counts.FilesUnmodified, counts.DirectoriesNew, counts.DirectoriesChanged, counts.DirectoriesUnmodified, counts.DataBlobs, counts.TreeBlobs,
            counts.AddedBytes, counts.AddedPackedBytes, counts.ReadBytes, counts.Files, counts.ProcessedBytes, elapsed.TotalSeconds, dryRun ? null : snapshot.Id, snapshot.Parent?.ToString(), dryRun);
        run.Report.Result(line, RunLinesJson.Default.BackupSummaryLine, _ =>
        {
            run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Files:       {counts.FilesNew,9} new, {counts.FilesChanged,9} changed, {counts.FilesUnmodified,9} unmodified"));
            run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Directories: {counts.DirectoriesNew,9} new, {counts.DirectoriesChanged,9} changed, {counts.DirectoriesUnmodified,9} unmodified"));
            run.Report.Line($"Added to the vault: {SizeText.Format(counts.AddedBytes)} ({SizeText.Format(counts.AddedPackedBytes)} stored); read: {SizeText.Format(counts.ReadBytes)}");
            run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Processed {counts.Files} files, {SizeText.Format(counts.ProcessedBytes)} in {elapsed:h\\:mm\\:ss\\.f}"));
            run.Report.Line(dryRun ? "Nothing was written: this was a dry run." : $"The snapshot {snapshot.ShortId} is saved.");
        });
    }
}
