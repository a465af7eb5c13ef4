using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Browsing;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast diff SNAPSHOT SNAPSHOT</c></summary>
internal static class SnapshotDifferences
{
    public static async Task ShowAsync(Invocation run, VaultAccess access, string first, string second, bool metadata, CancellationToken cancellationToken)
    {
        await using var opened = await access.OpenAsync(run, cancellationToken);
        var vault = await opened.LockedAsync(run, cancellationToken);
        var all = await LockedVault.SnapshotsAsync(run, vault, cancellationToken);
        var (before, after) = (SnapshotChoice.Parse(first), SnapshotChoice.Parse(second));
        var (old, now) = (await RootAsync(before), await RootAsync(after));
        var counts = new Dictionary<DifferenceKind, int>();
        await foreach (var difference in TreeDifference.CompareAsync(vault, old, now, before.Path.TrimEnd('/'), metadata, cancellationToken))
        {
            counts[difference.Kind] = counts.GetValueOrDefault(difference.Kind) + 1;
            if (run.Json) run.Report.JsonLine(new DifferenceLine(difference.Kind.ToString().ToLowerInvariant(), ByteText.ToPrintable(difference.Path)), BrowsingJson.Default.DifferenceLine);
            else run.Report.Line(Line(run.Report.Palette, difference.Kind, run.Report.Name(difference.Path)));
        }

        run.Report.Line($"{counts.GetValueOrDefault(DifferenceKind.Added)} added, {counts.GetValueOrDefault(DifferenceKind.Removed)} removed, {counts.GetValueOrDefault(DifferenceKind.Modified) + counts.GetValueOrDefault(DifferenceKind.Type) + counts.GetValueOrDefault(DifferenceKind.Metadata)} changed.");

        async Task<Holdfast.Vault.Blobs.BlobId> RootAsync(SnapshotChoice choice)
        {
            var root = choice.Find(all, SnapshotFilter.All).Tree;
            var node = await TreePath.FindAsync(vault, root, choice.Path, cancellationToken);
            return node is null ? root : node.Subtree ?? throw new HoldfastException(ErrorKind.Invalid, "snapshot.not-directory", $"'{choice.Path}' is no directory.", "Name directories to compare.");
        }
    }

    private static string Line(Palette palette, DifferenceKind kind, string path) => kind switch
    {
        DifferenceKind.Added => palette.Added("+    " + path),
        DifferenceKind.Removed => palette.Removed("-    " + path),
        DifferenceKind.Modified => palette.Changed("M    " + path),
        DifferenceKind.Type => palette.Changed("T    " + path),
        _ => palette.Changed("U    " + path),
    };
}
