using System.Globalization;
using System.Text.Json;

namespace Holdfast.Protection.Inventory;

/// <summary>Reads the answers of <c>lsblk</c> and <c>blkid</c>. Their releases differ in which columns there are and whether numbers are text.</summary>
internal static class BlockDevices
{
    /// <summary>From <c>lsblk --json --bytes --output-all</c>, every device once although it shows one below each device it lies on.</summary>
    /// <exception cref="HoldfastException"><c>inventory.unreadable</c>.</exception>
    public static IReadOnlyList<BlockDevice> Parse(string lsblk)
    {
        var devices = new Dictionary<string, BlockDevice>();
        ToolJson.ForEach("lsblk", lsblk, "blockdevices", node => Add(devices, node, parent: null));
        return [.. devices.Values];
    }

    /// <summary>Adds what <c>blkid -o export</c> found on the devices themselves: lsblk asks udev, which a container or an early boot lacks.</summary>
    public static IReadOnlyList<BlockDevice> WithSignatures(IReadOnlyList<BlockDevice> devices, string blkid)
    {
        var found = blkid.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => Unescaped(pair[1])))
            .Where(tags => tags["DEVNAME"].Any()).ToLookup(tags => tags["DEVNAME"].First());
        return [.. devices.Select(device => found[device.Path].FirstOrDefault() is { } tags
            ? device with
            {
                FileSystem = device.FileSystem ?? tags["TYPE"].FirstOrDefault(), Label = device.Label ?? tags["LABEL"].FirstOrDefault(), Uuid = device.Uuid ?? tags["UUID"].FirstOrDefault(),
                PartitionUuid = device.PartitionUuid ?? tags["PARTUUID"].FirstOrDefault(), TableId = device.TableId ?? tags["PTUUID"].FirstOrDefault(),
            }
            : device)];
    }

    private static void Add(Dictionary<string, BlockDevice> devices, JsonElement node, string? parent)
    {
        var name = node.Text("kname") ?? node.Text("name");
        if (name is null) return;
        if (devices.TryGetValue(name, out var known))
        {
            if (parent is not null && !known.Parents.Contains(parent)) devices[name] = known with { Parents = [.. known.Parents, parent] };
        }
        else
        {
            devices[name] = Read(node, name, parent);
        }

        if (node.TryGetProperty("children", out var children) && children.ValueKind == JsonValueKind.Array)
        {
            foreach (var child in children.EnumerateArray()) Add(devices, child, name);
        }
    }

    private static BlockDevice Read(JsonElement node, string name, string? parent) => new()
    {
        KernelName = name,
        Path = node.Text("path") ?? "/dev/" + name,
        Type = node.Text("type") ?? "disk",
        Bytes = node.Number("size") ?? 0,
        ReadOnly = node.Flag("ro"),
        FileSystem = node.Text("fstype"),
        Label = node.Text("label"),
        Uuid = node.Text("uuid"),
        PartitionUuid = node.Text("partuuid"),
        PartitionType = node.Text("parttype"),
        PartitionFlags = node.Text("partflags"),
        Partition = (int?)node.Number("partn") ?? (node.Text("type") == "part" ? TrailingNumber(node.Text("name") ?? name) : null),
        StartSector = node.Number("start") ?? 0,
        TableId = node.Text("ptuuid"),
        Serial = node.Text("serial"),
        Wwn = node.Text("wwn"),
        Parents = parent is null ? [] : [parent],
    };

    // A partition below device-mapper is called dm-3 by the kernel and mpatha-part1 by people.
    private static int? TrailingNumber(string name) =>
        int.TryParse(name.AsSpan(name.AsSpan().LastIndexOfAnyExceptInRange('0', '9') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // blkid escapes what a shell would trip over.
    private static string Unescaped(string value) => value.Replace("\\ ", " ", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
}
