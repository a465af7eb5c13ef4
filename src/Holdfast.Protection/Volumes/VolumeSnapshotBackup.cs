using System.Globalization;
using Holdfast.Protection.Backups;
using Holdfast.Protection.Images;
using Holdfast.Protection.VolumeSnapshots;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Volumes;

/// <summary>A whole backup of one volume: lock, commands before and after, parent, image, snapshot, and only then what the parent alone needed is given up.</summary>
/// <param name="vault">Opened; its index is loaded here.</param>
/// <param name="time">The clock.</param>
public sealed class VolumeSnapshotBackup(VaultRepository vault, TimeProvider time)
{
    private const int DigitsOfVault = 8;

    /// <summary>Backs up, and returns the snapshot with what was done.</summary>
    /// <exception cref="HoldfastException"><c>volume.*</c>, <c>image.*</c>, <c>freeze.*</c>, <c>lock.*</c>, <c>snapshot.*</c>, <c>hook.failed</c>, or what the vault says.</exception>
    public Task<(Snapshot Snapshot, VolumeBackupResult Result)> RunAsync(VolumeSnapshotRequest request, CancellationToken cancellationToken) =>
        GuardedBackup.RunAsync(vault, request.Hooks, time, (held, going) => RunLockedAsync(request, held, going), cancellationToken);

    private async Task<(Snapshot Snapshot, VolumeBackupResult Result)> RunLockedAsync(VolumeSnapshotRequest request, VaultLock held, CancellationToken cancellationToken)
    {
        var (begun, path) = (time.GetLocalNow(), Path.GetFullPath(request.Path));
        using (VolumeSource.Open(path))
        {
            // It can be read: better said in the words of a volume than in those of whoever asks for its id.
        }

        var volume = request.Volume ?? await VolumeIdentity.OfAsync(path, request.Host, cancellationToken);
        var (parent, image) = await ParentAsync(request, volume, request.Time ?? begun, cancellationToken);
        var result = await new VolumeBackup(vault, vault, time).RunAsync(path, image, new()
        {
            // Of each vault its own: the chain of one must not lose its kept state to a backup to another.
            Job = request.Job ?? $"vault-{vault.Config.Id[..DigitsOfVault]}",
            Run = request.Run ?? begun.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            Resume = request.Resume,
            Audit = request.ReadAll,
            FreezeNotes = request.FreezeNotes,
            Image = new() { Progress = request.Progress, OnCheckpoint = request.OnCheckpoint },
        }, cancellationToken);
        Warn(request, path, result);

        var root = await ImagePlace.SaveAsync(vault, path, result.Tree, cancellationToken);
        var snapshot = NewSnapshot.Of(request.Time ?? begun, root, parent) with
        {
            Paths = [path],
            Hostname = request.Host,
            Tags = request.Tags,
            Summary = SummaryOf(result, begun, parent),
            Facts = new()
            {
                Type = image is null || result is { Image: not null, MapReason: not null } ? SnapshotType.Full : SnapshotType.Incremental,
                DeltaBytes = result.Image?.NewBytes ?? 0,
                UsedBytes = result.UsedBytes ?? parent?.Facts.UsedBytes,
                Node = HostName.Current,
                Volumes = [volume],
            },
        };
        var saved = await request.Recorder.WriteAsync(vault, held, snapshot, cancellationToken);
        result.Commit();
        return (saved, result);
    }

    /// <summary>The last snapshot of the chain with its image. One that cannot be read ends the chain, and not the protection: everything is read anew.</summary>
    private async Task<(Snapshot? Snapshot, StoredImage? Image)> ParentAsync(VolumeSnapshotRequest request, string volume, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        var snapshots = await SnapshotFiles.ListAsync(vault, (_, _) => { }, cancellationToken);
        var chain = new SnapshotFilter { Volumes = [volume] };
        var parent = request.Parent is { } name ? SnapshotChoice.Parse(name).Find(snapshots, chain) : snapshots.LastOrDefault(snapshot => snapshot.Time <= notAfter && chain.Matches(snapshot));
        if (parent is null) return (null, null);
        try
        {
            var image = await ImageSnapshot.FindAsync(vault, parent, cancellationToken);
            if (image is null && request.Parent is not null) throw new HoldfastException(ErrorKind.Invalid, "image.not-one", $"The snapshot {parent.ShortId} is not the image of a volume.", "Name another with --parent, or none.");
            return image is null ? (null, null) : (parent, image);
        }
        catch (HoldfastException damaged) when (damaged.Kind is ErrorKind.Conflict or ErrorKind.NotFound && request.Parent is null)
        {
            request.OnWarning?.Invoke($"The snapshot {parent.ShortId} cannot be continued, so everything is read: {damaged.Message}");
            return (null, null);
        }
    }

    private static void Warn(VolumeSnapshotRequest request, string path, VolumeBackupResult result)
    {
        if (result is { HeldBy: SnapshotKind.None, Image: not null } && File.Exists(path) && !Native.LibC.Stat(path).IsBlockDevice)
        {
            request.OnWarning?.Invoke($"'{path}' was read while anybody could write to it: its file system cannot share blocks between files. If something did, the image is not of one moment.");
        }

        if (!result.Mismatches.IsEmpty)
        {
            request.OnWarning?.Invoke($"The file system's word about changed blocks was wrong for {result.Mismatches.TotalBytes} bytes of '{path}'. They are in the snapshot, and its word is not taken again; look for errors of the disk (dmesg).");
        }
    }

    private SnapshotSummary SummaryOf(VolumeBackupResult result, DateTimeOffset begun, Snapshot? parent)
    {
        var isSame = result.Image is null;
        return new()
        {
            BackupStart = begun, BackupEnd = time.GetLocalNow(),
            FilesNew = parent is null ? 1 : 0, FilesChanged = parent is not null && !isSame ? 1 : 0, FilesUnmodified = parent is not null && isSame ? 1 : 0,
            DataAdded = result.Image?.NewBytes ?? 0, DataAddedPacked = result.Image?.AddedBytes ?? 0, TotalFilesProcessed = 1, TotalBytesProcessed = result.Info.Length,
        };
    }
}
