using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Images;
using Holdfast.Protection.Volumes;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast restore</c> of a snapshot that is the image of a volume.</summary>
internal static class ImageRestoreStep
{
    public static async Task RunAsync(Invocation run, VaultRepository vault, Snapshot snapshot, StoredImage image, string target, bool verify, RunDisplay display, CancellationToken cancellationToken)
    {
        var time = run.Surroundings.Time;
        var started = time.GetTimestamp();
        // Into a directory as everything else is restored, under the name that it had.
        if (target.EndsWith('/')) Directory.CreateDirectory(target);
        if (Directory.Exists(target)) target = Path.Join(target, Path.GetFileName(snapshot.Paths[0]));
        var meter = new ImageMeter(target, time);
        var result = await display.WhileAsync(() => new VolumeRestore(vault).RunAsync(image, target, verify, meter, cancellationToken), meter.Read);
        var elapsed = time.GetElapsedTime(started);
        var line = new ImageRestoreSummaryLine("summary", snapshot.Id, target, image.Layout.Length, result.WrittenBytes, result.ClearedBytes, result.KeptBytes, verify, elapsed.TotalSeconds);
        run.Report.Result(line, RunLinesJson.Default.ImageRestoreSummaryLine, _ =>
        {
            run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Restored the image of {snapshot.Paths[0]}, {SizeText.Format(image.Layout.Length)}, of {snapshot.ShortId} to {target} in {elapsed:h\\:mm\\:ss\\.f}"));
            run.Report.Line($"Written: {SizeText.Format(result.WrittenBytes)}; made zero: {SizeText.Format(result.ClearedBytes)}; right already: {SizeText.Format(result.KeptBytes)}.");
            if (verify) run.Report.Line("All of it was read back and compared.");
        });
    }
}
