using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>Counts what there is to back up, for the estimate of what is left; errors are the backup's own to report.</summary>
internal sealed class TotalsCount(BackupRequest request, BackupMeter meter)
{
    public void Run(CancellationToken cancellationToken)
    {
        foreach (var source in request.Sources)
        {
            if (cancellationToken.IsCancellationRequested) return;
            Count(LinuxPath.Of(source.ReadFrom), PathParts.Clean(source.Path), cancellationToken);
        }

        meter.KnowTotals();
    }

    private void Count(LinuxPath path, string recorded, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || request.Filter.LeavesOut(recorded)) return;
        try
        {
            var stat = FileStat.Of(path);
            if (request.Filter.LeavesOut(stat, null, true)) return;
            if (stat.Type == NodeType.File) meter.AddToTotal((long)stat.Size);
            else if (stat.Type != NodeType.Directory) meter.AddToTotal(0);
            else
            {
                foreach (var name in DirectoryListing.Read(path)) Count(path.Child(name), SnapshotPaths.Join(recorded, name), cancellationToken);
            }
        }
        catch (LinuxError)
        {
            // The backup meets it too and says so.
        }
    }
}
