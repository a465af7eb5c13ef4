using Holdfast.Agent.Events;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Store;
using Holdfast.Store.Backup;

namespace Holdfast.Agent.Backups;

/// <summary>Backs up the cluster's configuration to this node's own disk each day: when every member of the store is lost, any node's disk will do.</summary>
internal sealed class BackupKeeper(NodeName node, IClusterStore store, string stateDirectory, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMinutes(1);

    // Also how soon a wall clock that was set is noticed.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly string _folder = Path.Combine(stateDirectory, "backups");

    /// <summary>Takes backups when they are due, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        string? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = LongestPause;
            try
            {
                var due = BackupSchedule.DueIn(Names(), time.GetUtcNow());
                if (due > TimeSpan.Zero) pause = due < LongestPause ? due : LongestPause;
                else await TakeAsync(cancellationToken);
                told = null;
            }
            catch (Exception exception) when (exception is HoldfastException or IOException or UnauthorizedAccessException)
            {
                if (told != exception.Message) journal.Add("backup.failed", $"The daily backup of the cluster's configuration was not taken: {exception.Message}");
                (told, pause) = (exception.Message, RetryPause);
            }

            await time.PauseAsync(pause, cancellationToken);
        }
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var backup = ClusterBackup.Of(await store.ReadAsync("", cancellationToken), node.Value, now);
        Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(_folder, BackupSchedule.NameOf(now));
        using (var file = new FileStream(path + ".new", new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(BackupFile.Write(backup));
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
        foreach (var surplus in BackupSchedule.Surplus(Names()).ToList()) File.Delete(Path.Combine(_folder, surplus));
        journal.Add("backup.taken", $"The cluster's configuration was backed up to {path}.");
    }

    private IEnumerable<string> Names() => Directory.Exists(_folder) ? Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)) : [];
}
