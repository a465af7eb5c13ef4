using Holdfast.Agent.Resources.Processes;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>Finds block devices by path, UUID and number. Only looks.</summary>
internal static class BlockDevices
{
    private const int UuidLooks = 3;

    /// <summary>Whether a declared device is an image file rather than a device.</summary>
    public static bool IsImage(string device) =>
        !device.StartsWith("/dev/", StringComparison.Ordinal) && !IsUuid(device, out _);

    public static bool IsUuid(string device, out string uuid)
    {
        const string prefix = "UUID=";
        var isUuid = device.StartsWith(prefix, StringComparison.Ordinal);
        uuid = isUuid ? device[prefix.Length..] : "";
        return isUuid;
    }

    /// <summary>Returns the path of the device (or image) that is declared, or null when there is none here.</summary>
    public static async Task<string?> FindAsync(string device, CancellationToken cancellationToken)
    {
        if (!IsUuid(device, out var uuid)) return File.Exists(device) ? device : null;

        // udev keeps this link when it runs; without it blkid looks at every device, which takes milliseconds more.
        var link = Path.Combine("/dev/disk/by-uuid", uuid);
        if (File.Exists(link) && Resolve(link) is var target && HasUuid(target, uuid)) return target;

        // It reads the kernel's list in pieces, and misses a device when others come and go between them: ask again before saying no.
        for (var left = UuidLooks; ; left--)
        {
            var found = await AskAsync("blkid", ["-c", "/dev/null", "-U", uuid], cancellationToken);
            if (found is not null || left == 1) return found;
        }
    }

    /// <summary>The type of a file system that <see cref="DiskHeader"/> does not know, by blkid; null when there is none.</summary>
    public static Task<string?> FileSystemTypeAsync(string device, CancellationToken cancellationToken) =>
        AskAsync("blkid", ["-p", "-o", "value", "-s", "TYPE", device], cancellationToken);

    /// <summary>The UUID of a file system that <see cref="DiskHeader"/> does not know, by blkid; null when there is none.</summary>
    public static Task<string?> UuidAsync(string device, CancellationToken cancellationToken) =>
        AskAsync("blkid", ["-p", "-o", "value", "-s", "UUID", device], cancellationToken);

    /// <summary>The loop device that an image is attached to, or null.</summary>
    public static string? LoopOf(string image)
    {
        foreach (var folder in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            try
            {
                var backing = Path.Combine(folder, "loop/backing_file");
                if (File.Exists(backing) && File.ReadAllText(backing).TrimEnd('\n') == Resolve(image)) return Path.Combine("/dev", Path.GetFileName(folder));
            }
            catch (IOException)
            {
                // Detached between the two looks.
            }
        }

        return null;
    }

    /// <summary>Major and minor number of a device, such as <c>7:0</c>; null when it is no block device.</summary>
    public static string? NumberOf(string device)
    {
        var resolved = Resolve(device);
        var file = Path.Combine("/sys/class/block", Path.GetFileName(resolved), "dev");
        return resolved.StartsWith("/dev/", StringComparison.Ordinal) && File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    /// <summary>The path of the device with these numbers, or null.</summary>
    public static string? PathOf(string number)
    {
        var folder = Path.Combine("/sys/dev/block", number);
        // In a container the kernel's name need not be among the devices; whoever mounted it knew another.
        return Directory.Exists(folder) && Path.Combine("/dev", Path.GetFileName(Resolve(folder))) is var path && File.Exists(path) ? path : null;
    }

    /// <summary>The size of the blocks that the device can write alone: a claim needs 512.</summary>
    public static int LogicalBlockSize(string device)
    {
        var name = Path.GetFileName(Resolve(device));
        foreach (var file in (string[])[$"/sys/class/block/{name}/queue/logical_block_size", $"/sys/class/block/{name}/../queue/logical_block_size"])
        {
            if (File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), out var size)) return size;
        }

        return 512;
    }

    private static bool HasUuid(string device, string uuid)
    {
        try
        {
            var header = DiskHeader.Read(device);
            return header.FileSystem is null || header.Uuid.Equals(uuid, StringComparison.OrdinalIgnoreCase);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // A link that udev has not taken away yet.
        }
    }

    /// <summary>Follows links; a device that has no node here (a mount made before a container began) stays what it is called.</summary>
    public static string Resolve(string path) =>
        Path.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);

    /// <summary>How long it may take is said by who waits for the resource.</summary>
    private static async Task<string?> AskAsync(string program, string[] arguments, CancellationToken cancellationToken) =>
        await Tool.RunAsync(program, arguments, Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken) is { ExitCode: 0 } answer && answer.Output.Trim() is { Length: > 0 } said ? said : null;
}
