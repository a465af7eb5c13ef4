using Holdfast.Protection.Allocation;
using Holdfast.Protection.ChangedBlocks;
using Holdfast.Protection.Images;
using Holdfast.Protection.Native;
using Holdfast.Protection.VolumeSnapshots;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Volumes;

/// <summary>Backs up a block device or an image file: holds its state, finds out what changed, and writes the image.</summary>
/// <param name="source">The vault, to read the parent.</param>
/// <param name="sink">The same vault, to write.</param>
/// <param name="time">The clock.</param>
public sealed class VolumeBackup(IBlobSource source, IBlobSink sink, TimeProvider time)
{
    /// <summary>Backs up a volume.</summary>
    /// <param name="path">A block device or an image file.</param>
    /// <param name="parent">The image of the same volume that the last snapshot of its chain has; null for a first, full one.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up; what is held is let go at once.</param>
    /// <exception cref="HoldfastException"><c>volume.*</c>, <c>image.*</c>, <c>freeze.*</c>, <c>reflink.failed</c>, <c>snapshot.lost</c>, or what the vault answers.</exception>
    public async Task<VolumeBackupResult> RunAsync(string path, StoredImage? parent, VolumeBackupOptions options, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        using (VolumeSource.Open(path))
        {
            // It exists and can be read: better said before anything is taken.
        }

        return LibC.Stat(path).IsBlockDevice
            ? await BackUpDeviceAsync(path, parent, options, cancellationToken)
            : await BackUpFileAsync(path, parent, options, cancellationToken);
    }

    private async Task<VolumeBackupResult> BackUpFileAsync(string path, StoredImage? parent, VolumeBackupOptions options, CancellationToken cancellationToken)
    {
        // Before the state is taken: what is written in between is in the image, and makes the next backup look again.
        var identity = VolumeSource.IdentityOf(path, time.GetUtcNow());
        if (!options.Audit && identity is not null && identity == parent?.Info.Identity)
        {
            return new() { Tree = parent.Tree, Info = parent.Info, HeldBy = SnapshotKind.None, MapReason = "the file was not written since" };
        }

        var before = parent?.Info.State;
        ReflinkSnapshots.Reap(path, options.Job, options.Run, before is null ? new HashSet<string>() : new HashSet<string> { before.Name });
        var (state, heldBy) = Hold(path, options);
        if (state is null) return await RunAsync(path, null, heldBy, parent, new(null, "the file system cannot share blocks between files"), null, identity, options, cancellationToken);

        var folder = Path.GetDirectoryName(path)!;
        var copy = Path.Combine(folder, state.Name);
        try
        {
            var map = parent is null ? new(null, "there is no parent") : ChangeMap.Between(folder, before, state);
            var result = await RunAsync(copy, null, heldBy, parent, map, state, identity, options, cancellationToken);
            return result with { SupersededState = before is null ? null : Path.Combine(folder, before.Name) };
        }
        catch when (options.Image.OnCheckpoint is null)
        {
            Reflink.Remove(copy); // Nobody will take it up again. Otherwise it stays for whoever does, or is reaped by the next run.
            throw;
        }
    }

    private static (KeptState? State, SnapshotKind Kind) Hold(string path, VolumeBackupOptions options)
    {
        var name = new SnapshotName(options.Job, options.Run, Path.GetFileName(path));
        var copy = Path.Combine(Path.GetDirectoryName(path)!, name.ToString());
        if (options.Resume is not null && File.Exists(copy))
        {
            var stat = LibC.Stat(copy);
            return (new(name.ToString(), stat.Inode, stat.Changed.TotalNanoseconds), SnapshotKind.Reflink);
        }

        try
        {
            Reflink.Remove(copy); // Of this same run, killed before its first checkpoint.
            return (ReflinkSnapshots.Take(path, name), SnapshotKind.Reflink);
        }
        catch (HoldfastException none) when (none.Code == "reflink.unavailable")
        {
            return (null, SnapshotKind.None);
        }
    }

    private async Task<VolumeBackupResult> BackUpDeviceAsync(string device, StoredImage? parent, VolumeBackupOptions options, CancellationToken cancellationToken)
    {
        var mount = MountTable.WritableMountOf(device);
        var noMap = new ChangeMap(null, "a device has no map of changed blocks");
        if (mount is null) return await RunAsync(device, device, SnapshotKind.None, parent, noMap, null, null, options, cancellationToken);
        if (LvmSnapshots.IsLogicalVolume(device))
        {
            await LvmSnapshots.ReapAsync(options.Job, options.Run, cancellationToken);
            await using var snapshot = await LvmSnapshots.TakeAsync(device, new(options.Job, options.Run, Path.GetFileName(device)), Timeout.InfiniteTimeSpan, time, cancellationToken);
            return await RunAsync(snapshot.Path, snapshot.Path, SnapshotKind.Lvm, parent, noMap, null, null, options, cancellationToken);
        }

        if (options.FreezeNotes is null) throw new HoldfastException(ErrorKind.Conflict, "volume.in-use", $"'{device}' is mounted at '{mount}', and nothing would hold it still while it is read.", "Allow it to be frozen, unmount it, or back up its files instead.");
        var freeze = await Freeze.BeginAsync(mount, options.FreezeLimit, options.FreezeNotes, cancellationToken);
        await using var held = new VolumeSnapshot(SnapshotKind.Freeze, device, options.FreezeLimit, async () => await freeze.DisposeAsync(), time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, cancellationToken);
        try
        {
            var result = await RunAsync(device, null, SnapshotKind.Freeze, parent, noMap, null, null, options, linked.Token);
            held.Lost.ThrowIfCancellationRequested(); // Thawed while the last blob was read.
            return result;
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Conflict, "snapshot.lost", $"'{device}' could not be read within the {options.FreezeLimit.TotalSeconds:0} s for which '{mount}' may be frozen.", "Put it on LVM, btrfs or XFS, which need no freeze, or allow a longer freeze.");
        }
    }

    private async Task<VolumeBackupResult> RunAsync(
        string read, string? settled, SnapshotKind heldBy, StoredImage? parent, ChangeMap map, KeptState? state, FileIdentity? identity, VolumeBackupOptions options, CancellationToken cancellationToken)
    {
        var trust = parent?.Info.MapTrust ?? new();
        var audit = options.Audit || !trust.MayBelieve(options.AuditEvery);
        var reason = map.Reason ?? trust.Distrusted ?? (audit ? "everything is read and compared" : null);
        // With a map little is read anyhow; asking for free blocks would cost more than it saves.
        var free = options.SkipFreeBlocks && settled is not null && state is null && (audit || map.Changed is null);
        using var volume = VolumeSource.Open(read, free ? await UsedBlocks.ReadAsync(read, cancellationToken) : null);
        var settledAs = settled is null ? null : SettledState.NameOf(volume);
        // What nobody holds still, and does not tell whether it was written to, cannot be gone on with; a checkpoint of another state is as good as none.
        var sourceState = state is null ? settledAs ?? $"not held {Guid.NewGuid():N}" : $"{state.Name} {state.Inode} {state.ChangedNs}";
        var result = await new ImageBackup(source, sink, options.Image).RunAsync(new()
        {
            Source = volume, Parent = parent, Changed = map.Changed, Audit = audit && map.Changed is not null, Resume = options.Resume?.Source == sourceState ? options.Resume : null, State = state, Identity = identity,
            SourceState = sourceState,
        }, cancellationToken);
        if (settledAs is not null) RequireSettled(read, settledAs);
        return new() { Tree = result.Tree, Info = result.Info, Image = result, UsedBytes = volume.Data.TotalBytes, HeldBy = heldBy, MapReason = reason };
    }

    private static void RequireSettled(string device, string expected)
    {
        using var now = VolumeSource.Open(device); // Anew: what was read before may be cached.
        if (SettledState.NameOf(now) == expected) return;
        throw new HoldfastException(ErrorKind.Conflict, "snapshot.lost", $"'{device}' was mounted or written to while it was read.", "Back it up again while nobody uses it, or put it on LVM, btrfs or XFS, which can be backed up while they are used.");
    }
}
