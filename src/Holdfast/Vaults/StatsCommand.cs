using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Browsing;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast stats</c></summary>
internal static class StatsCommand
{
    public static Verb Create()
    {
        var (access, filter, names) = (new VaultAccess(), new SnapshotChoiceOptions(), SnapshotChoiceOptions.Several());
        return filter.AddTo(access.AddTo(new Verb("stats", "Count what snapshots hold, and what they take in the vault.", "holdfast stats --vault /srv/vault", "holdfast stats latest --vault /srv/vault") { names }))
            .Does(async (run, cancellationToken) =>
            {
                await using var opened = await access.OpenAsync(run, cancellationToken);
                var vault = await opened.LockedAsync(run, cancellationToken);
                var statistics = await VaultStatistics.CountAsync(vault, filter.Choose(run, await LockedVault.SnapshotsAsync(run, vault, cancellationToken), run.Get(names)), cancellationToken);
                run.Report.Result(statistics, BrowsingJson.Default.VaultStatistics, counted =>
                {
                    run.Report.Line($"snapshots:     {counted.Snapshots}");
                    run.Report.Line($"restored size: {SizeText.Format(counted.RestoreBytes)} in {counted.RestoreFiles} files and directories");
                    run.Report.Line($"in the vault:  {SizeText.Format(counted.RawBytes)} in {counted.Blobs} blobs");
                    run.Report.Line(string.Create(CultureInfo.InvariantCulture, $"compression:   saves {counted.CompressionSaving:P0} of {SizeText.Format(counted.UncompressedBytes)}"));
                });
            });
    }
}
