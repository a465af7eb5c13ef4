using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Protection.Images;
using Holdfast.Protection.Volumes;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast backup --image</c>, once the vault is open.</summary>
internal static class ImageBackupStep
{
    public static async Task RunAsync(Invocation run, VaultRepository vault, VolumeSnapshotRequest request, RunDisplay display, CancellationToken cancellationToken)
    {
        var time = run.Surroundings.Time;
        var started = time.GetTimestamp();
        var meter = new ImageMeter(request.Path, time);
        var (snapshot, result) = await display.WhileAsync(() => new VolumeSnapshotBackup(vault, time).RunAsync(request with { Progress = meter }, cancellationToken), meter.Read);
        Summarise(run, snapshot, result, time.GetElapsedTime(started));
    }

    private static void Summarise(Invocation run, Snapshot snapshot, VolumeBackupResult result, TimeSpan elapsed)
    {
        var isFull = snapshot.Facts.Type == SnapshotType.Full;
        var (read, added, packed) = result.Image is { } image ? (image.ReadBytes, image.NewBytes, image.AddedBytes) : (0, 0, 0);
        var line = new ImageBackupSummaryLine(
            "summary", isFull ? "full" : "incremental", snapshot.Facts.Volumes[0], result.Info.Length, snapshot.Facts.UsedBytes, read, added, packed, result.HeldBy.ToString().ToLowerInvariant(), result.MapReason,
            elapsed.TotalSeconds, snapshot.Id, snapshot.Parent?.ToString());
        run.Report.Result(line, RunLinesJson.Default.ImageBackupSummaryLine, _ =>
        {
            run.Report.Line($"Image: {SizeText.Format(result.Info.Length)}, of which {SizeText.Format(snapshot.Facts.UsedBytes)} used; read: {SizeText.Format(read)}");
            if (snapshot.Parent is not null && isFull) run.Report.Line($"Everything was read: {result.MapReason}.");
            run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"Added to the vault: {SizeText.Format(added)} ({SizeText.Format(packed)} stored) in {elapsed:h\\:mm\\:ss\\.f}"));
            run.Report.Line($"The snapshot {snapshot.ShortId} is saved.");
        });
    }
}
