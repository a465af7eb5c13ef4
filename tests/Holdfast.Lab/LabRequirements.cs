using Holdfast.Lab.Linux;

namespace Holdfast.Lab;

/// <summary>What a machine or container must allow for a lab to run on it.</summary>
public static class LabRequirements
{
    private static readonly (string Program, string Package)[] Tools =
    [
        ("ip", "iproute2"), ("nft", "nftables"), ("unshare", "util-linux"), ("nsenter", "util-linux"), ("mount", "mount"), ("mkfs.ext4", "e2fsprogs"), ("perl", "perl-base"),
    ];

    private static readonly (string Program, string Package)[] Services = [("etcd", "etcd-server"), ("pg_ctlcluster", "postgresql")];

    /// <summary>Lists Debian packages that are missing.</summary>
    /// <param name="withServices">Whether etcd and PostgreSQL are needed too.</param>
    public static IReadOnlyList<string> MissingPackages(bool withServices) =>
        [.. (withServices ? [.. Tools, .. Services] : Tools).Where(tool => !IsInstalled(tool.Program)).Select(tool => tool.Package).Distinct()];

    /// <summary>Says in one line what is missing; null when nothing is.</summary>
    public static async Task<string?> CheckAsync(bool withServices = false)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return "The lab needs root: it makes network namespaces and mounts. Run it with sudo.";
        }

        if (MissingPackages(withServices) is { Count: > 0 } packages)
        {
            return $"Missing Debian packages: {string.Join(' ', packages)}. Install them with: apt-get install {string.Join(' ', packages)}";
        }

        if (!(await File.ReadAllTextAsync("/proc/filesystems")).Contains("\toverlay\n", StringComparison.Ordinal))
        {
            return "The kernel lacks overlay file systems (CONFIG_OVERLAY_FS), which the lab's hosts need.";
        }

        foreach (var (device, purpose) in new[] { ("/dev/fuse", "FUSE"), ("/dev/loop-control", "loop devices") })
        {
            using var handle = Libc.TryOpen(device, Libc.ReadWrite, out _);
            if (handle is null)
            {
                return $"{device} cannot be opened, so there is no {purpose}; a container needs --privileged (or --device {device}).";
            }
        }

        foreach (var (command, input, complaint) in Trials)
        {
            var result = await Command.TryRunAsync(command, TimeSpan.FromSeconds(10), CancellationToken.None, input: input);
            if (result.ExitCode != 0)
            {
                return $"{complaint}: {result.Output.Trim().Split('\n')[^1]}; a container needs --privileged.";
            }
        }

        return null;
    }

    private static readonly (string[] Command, string? Input, string Complaint)[] Trials =
    [
        (["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc", "mount", "-t", "sysfs", "sysfs", "/sys"], null,
            "Namespaces or mounts are not allowed here"),
        (["unshare", "--net", "sh", "-c", "ip link add lab0 type veth peer name lab1 && ip link add lab2 type bridge && ip link set lab0 master lab2"], null,
            "Bridges or veth pairs cannot be made here"),
        (["unshare", "--net", "nft", "-f", "-"], "table bridge lab {\n chain f {\n type filter hook forward priority 0;\n iifname \"lab0\" drop\n }\n}\n",
            "nftables cannot filter a bridge here"),
    ];

    private static bool IsInstalled(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin:/usr/bin".Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
