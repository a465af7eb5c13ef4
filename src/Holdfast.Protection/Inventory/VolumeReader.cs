using Holdfast.Protection.Native;

namespace Holdfast.Protection.Inventory;

/// <summary>Asks the machine for its volumes.</summary>
public static class VolumeReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The volumes of this machine.</summary>
    /// <param name="shared">What the cluster knows of its shared volumes; empty without a cluster.</param>
    /// <param name="time">The clock of the patience with a file system that does not answer, 20 seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HoldfastException"><c>tool.missing</c>, <c>tool.failed</c>, <c>inventory.unreadable</c>, <c>inventory.timeout</c>.</exception>
    public static async Task<MachineVolumes> ReadAsync(IReadOnlyList<SharedVolumeFacts> shared, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var lsblk = Tool.RunAsync("lsblk", ["--json", "--bytes", "--output-all"], linked.Token);
            // blkid answers 2 when it finds nothing, and findmnt 1: that is no failure.
            var blkid = Tool.TryAsync("blkid", ["-o", "export"], linked.Token);
            var findmnt = Tool.TryAsync("findmnt", ["--json", "--bytes", "--list", "--real", "--output", "TARGET,SOURCE,FSTYPE,OPTIONS,FSROOT,SIZE,USED,AVAIL,UUID,LABEL"], linked.Token);
            var devices = BlockDevices.WithSignatures(BlockDevices.Parse(await lsblk), (await blkid).Output);
            var mounts = MountedFileSystem.Parse((await findmnt).Output);
            return VolumeInventory.Build(devices, mounts, SharedVolumePlaces.Find(shared, devices, mounts, RealPath));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "inventory.timeout", $"A file system of this machine did not answer within {Patience.TotalSeconds:0} s.", "Look for a network file system whose server is gone: findmnt --real");
        }
    }

    private static string RealPath(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (IOException)
        {
            return path; // It is not here, and so is no device of this machine.
        }
    }
}
