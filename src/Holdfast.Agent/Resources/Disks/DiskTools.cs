using System.Text;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>
/// The effects on a disk other than mounting: each is a command that the leash runs, and refuses when the lease is over, in a
/// unit beside the mount's own. They run as root: nobody else may open a device.
/// </summary>
internal sealed class DiskTools(ResourceContext context)
{
    private static readonly TimeSpan ShortCommand = TimeSpan.FromSeconds(10);

    // A resource's name cannot contain a dot, so this is no other resource's unit.
    private string Unit => $"{context.Unit}.tools";

    /// <summary>Writes a claim through to the disk; returns when it is there.</summary>
    public async Task WriteClaimAsync(DiskClaim claim, string path, bool isImage, CancellationToken cancellationToken)
    {
        var octal = new StringBuilder();
        foreach (var part in claim.Encode()) octal.Append('\\').Append((char)('0' + (part >> 6))).Append((char)('0' + ((part >> 3) & 7))).Append((char)('0' + (part & 7)));

        // Direct, so that this node's page cache neither delays nor keeps it.
        var direct = isImage ? "" : " oflag=direct";
        await RunAsync(
            ["sh", "-c", $"""printf "$1" | dd of="$2" bs=512 seek=1 count=1 iflag=fullblock{direct} conv=notrunc,fsync status=none""", "claim", octal.ToString(), path],
            ShortCommand, "disk-claim-failed", $"The claim on {path} could not be written", cancellationToken);
    }

    /// <summary>Attaches an image to a loop device and returns its path.</summary>
    public async Task<string> AttachAsync(string image, CancellationToken cancellationToken)
    {
        var result = await RunAsync(["losetup", "--find", "--show", image], ShortCommand, "disk-attach-failed", $"{image} could not be attached to a loop device", cancellationToken);
        return result.Output.Trim();
    }

    /// <summary>Detaches a loop device; of a mounted one, when it is unmounted, whoever does that.</summary>
    public Task DetachAsync(string loop, CancellationToken cancellationToken) =>
        RunAsync(["losetup", "--detach", loop], ShortCommand, "disk-attach-failed", $"{loop} could not be detached", cancellationToken);

    /// <summary>Makes the folder that the disk is mounted on.</summary>
    public Task MakeTargetAsync(string target, CancellationToken cancellationToken) =>
        RunAsync(["mkdir", "-p", target], ShortCommand, "disk-target-missing", $"The folder {target} could not be made", cancellationToken);

    /// <summary>Checks and repairs what can be repaired without asking (e2fsck -p); exit codes 0 and 1 are well (fsck(8)).</summary>
    public async Task RepairAsync(string device, bool evenWhenClean, CancellationToken cancellationToken)
    {
        string[] command = evenWhenClean ? ["e2fsck", "-p", "-f", device] : ["e2fsck", "-p", device];
        var result = await RunCommandAsync(command, context.Resource.StartTimeout, cancellationToken);
        if (result.TimedOut || result.ExitCode > 1)
        {
            throw ResourceFailure.Of("disk-damaged",
                result.TimedOut ? $"The check of {device} did not end within the start-timeout." : $"The check of {device} found damage that it must not repair by itself (exit {result.ExitCode}): {ResourceFailure.LastLine(result.Output)}.",
                $"Run 'e2fsck {device}' by hand on {context.Node} while the role is offline.");
        }
    }

    /// <summary>Ends the unit that the commands ran in, so that nothing of it keeps the epoch from being closed.</summary>
    public Task CloseAsync() => context.Leash.StopAsync(Unit, SignalNames.Kill, TimeSpan.Zero, CancellationToken.None);

    private async Task<RunResult> RunAsync(string[] command, TimeSpan limit, string code, string what, CancellationToken cancellationToken)
    {
        var result = await RunCommandAsync(command, limit, cancellationToken);
        return result is { TimedOut: false, ExitCode: 0 } ? result
            : throw ResourceFailure.Of(code, result.TimedOut ? $"{what}: {command[0]} did not end in time." : $"{what} (exit {result.ExitCode}): {ResourceFailure.LastLine(result.Output)}.");
    }

    private Task<RunResult> RunCommandAsync(string[] command, TimeSpan limit, CancellationToken cancellationToken) =>
        context.Leash.RunAsync(new RunRequest
        {
            Unit = Unit,
            Warrant = context.Warrant,
            Command = [CommandCheck.FindProgram(command[0]) ?? command[0], .. command[1..]],
            Timeout = limit,
        }, cancellationToken);
}
