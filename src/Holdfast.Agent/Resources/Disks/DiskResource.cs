using System.ComponentModel;
using Holdfast.Cluster;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>
/// A shared disk: claim read, peers asked, claim written, checked when needed, mounted. The claim comes before the mount so
/// that a node that wakes up in between finds the newer epoch.
/// </summary>
internal sealed partial class DiskResource(ResourceContext context, string tag) : IResource
{
    private readonly DiskTools _tools = new(context);

    private string Device => context.Resource.RequiredText("device");

    private string Target => context.Resource.RequiredText("target");

    public TimeSpan? CheckInterval => TimeSpan.FromSeconds(1);

    public async Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken)
    {
        if (held is { Kind: UnitKind.Mount } && held.Tag == tag && held.Epoch == context.Warrant.Epoch && await CheckAsync(cancellationToken) is null) return;
        if (held is not null) await OfflineAsync(cancellationToken);

        var path = await BlockDevices.FindAsync(Device, cancellationToken)
            ?? throw ResourceFailure.Of("disk-missing", $"Node {context.Node} has no device {Device}.", "See 'lsblk --fs' there; check cables and paths.");
        var header = ReadHeader(path);
        var fileSystem = context.Resource.Text("filesystem") ?? header.FileSystem ?? await BlockDevices.FileSystemTypeAsync(path, cancellationToken)
            ?? throw ResourceFailure.Of("disk-no-filesystem", $"{path} has no file system.", $"Make one first, such as 'mkfs.ext4 {path}'.");

        RefuseStale(header, path);
        await RefuseMountedAsync(header, path, cancellationToken);
        try
        {
            await ClaimAsync(header, path, ClaimState.Claimed, cancellationToken);
            await MountAsync(header, path, fileSystem, cancellationToken);
        }
        finally
        {
            await _tools.CloseAsync();
        }
    }

    public async Task OfflineAsync(CancellationToken cancellationToken)
    {
        await context.Leash.UnmountAsync(context.Unit, cancellationToken).AsEffectOf("stop-failed", $"{Target} could not be unmounted");
        try
        {
            await ReleaseAsync(cancellationToken);
        }
        catch (Exception error) when (error is HoldfastException or LeashRefusedException or Win32Exception)
        {
            // The unmount is what frees the disk. A claim left standing is of an older epoch than the next owner's, and bars nobody.
            Log.ClaimLeft(context.Logger, context.Unit, error.Message);
        }
        finally
        {
            await _tools.CloseAsync();
        }
    }

    public Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        var mount = MountTable.At(Target);
        return Task.FromResult(
            mount is null ? $"nothing is mounted on {Target} any more"
            : mount.IsReadOnly && !Options("").Split(',').Contains("ro") ? $"the kernel made {Target} read-only, which it does when the disk or the file system is damaged"
            : null);
    }

    private void RefuseStale(DiskHeader header, string path)
    {
        if (header.Claim is not ClaimArea.Held { Claim: var claim }) return;

        if (claim.Role != context.Role.Name.Value)
        {
            // Epochs of two roles cannot be compared; whether the other role is using the disk is asked next.
            Log.OtherRolesClaim(context.Logger, path, claim.Role, claim.Node);
        }
        else if (claim.Epoch.CompareTo(context.Warrant.Epoch) > 0)
        {
            throw ResourceFailure.Of("disk-epoch",
                $"{path} was {(claim.State == ClaimState.Claimed ? "claimed" : "released")} at epoch {claim.Epoch} by {claim.Node}; this node acts at the older epoch {context.Warrant.Epoch}.",
                $"If the disk comes from a cluster that is no more, clear the claim: dd if=/dev/zero of={path} bs=512 seek=1 count=1 conv=notrunc,fsync");
        }
    }

    private async Task RefuseMountedAsync(DiskHeader header, string path, CancellationToken cancellationToken)
    {
        if (DiskResourceType.FindMount(path) is { } mount)
            throw ResourceFailure.Of("disk-mounted-elsewhere", $"{path} is already mounted on {mount.Target} of this node, and no role put it there.", $"Unmount it: umount {mount.Target}");

        var uuid = header.Uuid.Length > 0 ? header.Uuid : await BlockDevices.UuidAsync(path, cancellationToken);
        if (uuid is not null && await context.Peers.WhoMountsAsync(uuid, cancellationToken) is { } elsewhere)
            throw ResourceFailure.Of("disk-mounted-elsewhere", $"The file system of {path} is mounted on {elsewhere.Target} of node {elsewhere.Node}.", $"Unmount it there: umount {elsewhere.Target}");
    }

    private async Task ClaimAsync(DiskHeader header, string path, ClaimState state, CancellationToken cancellationToken)
    {
        var whyNot = header.Claim is null ? "its file system leaves no room for one"
            : header.Claim is ClaimArea.Foreign ? "a boot loader or something else is there"
            : !BlockDevices.IsImage(path) && BlockDevices.LogicalBlockSize(path) != DiskClaim.Length ? "its blocks are larger than 512 bytes"
            : null;
        if (whyNot is not null)
        {
            Log.NoClaim(context.Logger, path, whyNot);
            return;
        }

        await _tools.WriteClaimAsync(new DiskClaim(context.Role.Name.Value, context.Warrant.Epoch, context.Node.Value, state), path, BlockDevices.IsImage(path), cancellationToken);
    }

    private async Task MountAsync(DiskHeader header, string path, string fileSystem, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Target)) await _tools.MakeTargetAsync(Target, cancellationToken);

        var isImage = BlockDevices.IsImage(path);
        var device = isImage ? BlockDevices.LoopOf(path) ?? await _tools.AttachAsync(path, cancellationToken) : path;
        try
        {
            var when = context.Resource.Text("fsck") ?? "when-dirty";
            if (fileSystem.StartsWith("ext", StringComparison.Ordinal) && (when == "always" || (when == "when-dirty" && header.NeedsCheck)))
            {
                Log.Checking(context.Logger, device);
                await _tools.RepairAsync(device, evenWhenClean: when == "always", cancellationToken);
            }

            if (header.HasMountProtection) Log.SlowProtection(context.Logger, device);
            await context.Leash.MountAsync(new MountRequest(context.Unit, context.Warrant, device, Target, fileSystem, Options(fileSystem), tag), cancellationToken)
                .AsEffectOf("disk-mount-failed", $"{device} could not be mounted on {Target}");
        }
        finally
        {
            // A mounted loop device detaches itself when it is unmounted, also when the leash does that alone; one that was
            // not mounted detaches now.
            if (isImage) await _tools.DetachAsync(device, CancellationToken.None);
        }
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (await BlockDevices.FindAsync(Device, cancellationToken) is not { } path) return;

        var header = ReadHeader(path);
        if (header.Claim is ClaimArea.Held { Claim: { State: ClaimState.Claimed } claim }
            && claim.Role == context.Role.Name.Value && claim.Node == context.Node.Value && claim.Epoch.CompareTo(context.Warrant.Epoch) <= 0)
        {
            await ClaimAsync(header, path, ClaimState.Released, cancellationToken);
        }
    }

    private string Options(string fileSystem)
    {
        var options = context.Resource.Text("options") ?? "";
        if (!fileSystem.StartsWith("ext", StringComparison.Ordinal) || options.Split(',').Any(option => option.StartsWith("errors=", StringComparison.Ordinal))) return options;

        return options.Length == 0 ? "errors=remount-ro" : $"{options},errors=remount-ro";
    }

    private DiskHeader ReadHeader(string path)
    {
        try
        {
            return DiskHeader.Read(path);
        }
        catch (Win32Exception error)
        {
            throw ResourceFailure.Of("disk-missing", $"{error.Message} on node {context.Node}.", "See 'lsblk --fs' and the kernel's log there.", error);
        }
    }

    private static partial class Log // Event ids 3100-3199: resources.
    {
        [LoggerMessage(3130, LogLevel.Information, "{Device} carries a claim of another role, {Role} on {Node}; it is written over")]
        public static partial void OtherRolesClaim(ILogger logger, string device, string role, string node);

        [LoggerMessage(3131, LogLevel.Warning, "{Device} is used without a claim of its own: {Reason}. Only lease and leash protect it from a node that wakes up late")]
        public static partial void NoClaim(ILogger logger, string device, string reason);

        [LoggerMessage(3132, LogLevel.Warning, "{Device} is being checked before it is mounted")]
        public static partial void Checking(ILogger logger, string device);

        [LoggerMessage(3133, LogLevel.Warning, "{Device} has multi-mount protection: after an unclean end it delays the mount by 20 to 45 s. Lease and claim protect it already; switch it off with 'tune2fs -O ^mmp'")]
        public static partial void SlowProtection(ILogger logger, string device);

        [LoggerMessage(3134, LogLevel.Warning, "The claim of {Unit} was not marked as released: {Reason}")]
        public static partial void ClaimLeft(ILogger logger, string unit, string reason);
    }
}
