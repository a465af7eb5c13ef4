using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Restores;
using Holdfast.Protection.Volumes;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast restore --target DIR SNAPSHOT</c></summary>
internal static class TreeRestoreCommand
{
    public static Verb Create()
    {
        var (access, filter, snapshot) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.One());
        var target = new Option<string>("--target", "-t") { Description = "The directory to restore into; nothing outside it is touched. The image of a volume goes to a file or a device, whose content it replaces.", HelpName = "DIR|FILE|DEVICE", Required = true };
        var excludes = Arguments.Repeated("--exclude", "Leave out what fits the pattern, such as *.tmp or /srv/*/cache.", "PATTERN");
        var excludesIgnoringCase = Arguments.Repeated("--iexclude", "As --exclude, whatever the case of letters.", "PATTERN");
        var includes = Arguments.Repeated("--include", "Restore only what fits the pattern.", "PATTERN");
        var includesIgnoringCase = Arguments.Repeated("--iinclude", "As --include, whatever the case of letters.", "PATTERN");
        excludes.Aliases.Add("-e");
        includes.Aliases.Add("-i");
        var verify = new Option<bool>("--verify") { Description = "Read the restored files back and compare them." };
        var delete = new Option<bool>("--delete") { Description = "Remove what is in the restored directories and not in the snapshot." };
        var noSparse = new Option<bool>("--no-sparse") { Description = "Write runs of zeros instead of leaving holes." };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Write nothing; list what would be done." };
        return filter.AddTo(access.AddTo(new Verb("restore", "Restore a snapshot, or some of it. What is there already is compared, and only differences are written.",
            "holdfast restore --vault /srv/vault --password-file /etc/vault.password --target /tmp/restored latest",
            "holdfast restore --vault /srv/vault --target /srv/shop --include '*.sql' 1a2b3c4d:/srv/shop",
            "holdfast restore --vault /srv/vault --target /dev/vg/shop --path /srv/machines/shop.img latest")
            { snapshot, target, excludes, excludesIgnoringCase, includes, includesIgnoringCase, verify, delete, noSparse, dryRun }))
            .Does(async (run, cancellationToken) =>
            {
                await using var opened = await access.OpenAsync(run, cancellationToken);
                var vault = await opened.LockedAsync(run, cancellationToken);
                var choice = SnapshotChoice.Parse(run.Get(snapshot));
                var found = await SnapshotFiles.FindAsync(vault, choice, filter.Read(run), LockedVault.LeftOut(run), cancellationToken);
                var display = new RunDisplay(run);
                // A path in it asks for the files that it consists of.
                if (choice.Path.Length == 0 && await ImageSnapshot.FindAsync(vault, found, cancellationToken) is { } image)
                {
                    foreach (var option in (Option[])[excludes, excludesIgnoringCase, includes, includesIgnoringCase, delete, noSparse, dryRun])
                    {
                        if (run.Has(option)) throw new UsageException("image-option", $"The snapshot {found.ShortId} is the image of a volume, for which {option.Name} means nothing.", "Leave it out.");
                    }

                    await ImageRestoreStep.RunAsync(run, vault, found, image, run.Get(target), run.Get(verify), display, cancellationToken);
                    return;
                }

                var request = new RestoreRequest
                {
                    Tree = await TreeRestore.FindAsync(vault, found.Tree, choice.Path, cancellationToken),
                    Target = run.Get(target),
                    Selection = new()
                    {
                        Excludes = new(run.Get(excludes)), ExcludesIgnoringCase = new(run.Get(excludesIgnoringCase), ignoreCase: true),
                        Includes = new(run.Get(includes)), IncludesIgnoringCase = new(run.Get(includesIgnoringCase), ignoreCase: true),
                    },
                    DryRun = run.Get(dryRun), Delete = run.Get(delete), Verify = run.Get(verify), Sparse = !run.Get(noSparse),
                    OnIssue = display.Issue,
                    OnAction = run.Get(dryRun) ? action => display.Line(() => Tell(run, action)) : null,
                };
                var restore = new TreeRestore(vault, run.Surroundings.Time);
                var started = run.Surroundings.Time.GetTimestamp();
                var result = await display.WhileAsync(() => restore.RunAsync(request, cancellationToken), restore.Meter.Read);
                Summarise(run, found, result, request, run.Surroundings.Time.GetElapsedTime(started));
                if (result.Failures > 0) throw new HoldfastException(ErrorKind.Conflict, "restore.incomplete", $"{(result.Failures == 1 ? "One thing is" : $"{result.Failures} things are")} not as in the snapshot.", "See the warnings above; the rest is restored.");
            });
    }

    private static void Tell(Invocation run, RestoreAction action)
    {
        var kind = action.Kind.ToString().ToLowerInvariant();
        if (run.Json) run.Report.JsonLine(new("action", kind, ByteText.ToPrintable(action.Path), action.Bytes), RunLinesJson.Default.RestoreActionLine);
        else run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"{kind,-6} {SizeText.Format(action.Bytes),11}  {run.Report.Name(action.Path)}"));
    }

    private static void Summarise(Invocation run, Snapshot snapshot, RestoreResult result, RestoreRequest request, TimeSpan elapsed)
    {
        var line = new RestoreSummaryLine("summary", snapshot.Id, result.Files, result.Bytes, result.WrittenBytes, result.Deleted, result.VerifiedFiles, result.Failures, elapsed.TotalSeconds, request.DryRun);
        run.Report.Result(line, RunLinesJson.Default.RestoreSummaryLine, _ =>
        {
            if (request.DryRun) run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Would restore {result.Files} files, {SizeText.Format(result.Bytes)}: nothing was written, this was a dry run."));
            else run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Restored {result.Files} files, {SizeText.Format(result.Bytes)} ({SizeText.Format(result.WrittenBytes)} written) of {snapshot.ShortId} to {request.Target} in {elapsed:h\\:mm\\:ss\\.f}"));
            if (request.Verify && !request.DryRun) run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Read back and compared: {result.VerifiedFiles} files."));
        });
    }
}
