using System.Globalization;
using System.Text.Json;
using Holdfast.Protection.Native;

namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>Snapshots of logical volumes, through LVM's own tools.</summary>
/// <remarks>Written from LVM's manual pages; it has not run against a real volume group, because that needs the kernel's device-mapper.</remarks>
public static class LvmSnapshots
{
    /// <summary>Whether a device is a logical volume, by what the kernel's device-mapper calls it.</summary>
    public static bool IsLogicalVolume(string device)
    {
        var stat = LibC.Stat(device);
        var uuid = string.Create(CultureInfo.InvariantCulture, $"/sys/dev/block/{stat.DeviceNumberMajor}:{stat.DeviceNumberMinor}/dm/uuid");
        return File.Exists(uuid) && File.ReadAllText(uuid).StartsWith("LVM-", StringComparison.Ordinal);
    }

    /// <summary>Takes one of a logical volume. A thick one has room for a fifth of the volume to be overwritten meanwhile; LVM drops it when that is used up, and reading then fails.</summary>
    /// <exception cref="HoldfastException"><c>tool.missing</c>, <c>tool.failed</c>, <c>snapshot.unavailable</c>.</exception>
    public static async Task<VolumeSnapshot> TakeAsync(string device, SnapshotName name, TimeSpan deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        var volume = LogicalVolume.Parse(await Tool.RunAsync("lvs", ["--reportformat", "json", "-o", "vg_name,lv_name,segtype", device], cancellationToken))
            ?? throw new HoldfastException(ErrorKind.Conflict, "snapshot.unavailable", $"'{device}' is not a logical volume.");
        var lvmName = NameOf(name);
        string[] room = volume.IsThin ? ["--setactivationskip", "n"] : ["--extents", "20%ORIGIN"];
        await Tool.RunAsync("lvcreate", ["--snapshot", "--permission", "r", "--name", lvmName, .. room, $"{volume.Group}/{volume.Name}"], cancellationToken);
        return new(SnapshotKind.Lvm, $"/dev/{volume.Group}/{lvmName}", deadline, () => Tool.RunAsync("lvremove", ["--force", $"{volume.Group}/{lvmName}"], CancellationToken.None), time);
    }

    /// <summary>Removes what earlier runs of the job left in any volume group; what was removed.</summary>
    public static async Task<IReadOnlyList<string>> ReapAsync(string job, string run, CancellationToken cancellationToken)
    {
        var volumes = LogicalVolume.ParseAll(await Tool.RunAsync("lvs", ["--reportformat", "json", "-o", "vg_name,lv_name,segtype"], cancellationToken));
        var leftOver = SnapshotName.LeftOver(volumes.Select(volume => NameFrom(volume.Name)), job, run, new HashSet<string>());
        foreach (var volume in volumes.Where(volume => leftOver.Contains(NameFrom(volume.Name)))) await Tool.RunAsync("lvremove", ["--force", $"{volume.Group}/{volume.Name}"], cancellationToken);
        return leftOver;
    }

    // LVM's names have letters, digits and +_.- only, so the escapes of a name are written with '+'. They do not begin with a dot there.
    internal static string NameOf(SnapshotName name) => name.ToString()[1..].Replace('%', '+');

    internal static string NameFrom(string lvmName) => "." + lvmName.Replace('+', '%');

    /// <summary>A line of <c>lvs</c>.</summary>
    internal sealed record LogicalVolume(string Group, string Name, bool IsThin)
    {
        public static LogicalVolume? Parse(string json) => ParseAll(json) is [var only] ? only : null;

        public static IReadOnlyList<LogicalVolume> ParseAll(string json)
        {
            using var document = JsonDocument.Parse(json);
            return [.. from report in document.RootElement.GetProperty("report").EnumerateArray()
                from volume in report.GetProperty("lv").EnumerateArray()
                select new LogicalVolume(volume.GetProperty("vg_name").GetString()!, volume.GetProperty("lv_name").GetString()!, volume.GetProperty("segtype").GetString() == "thin")];
        }
    }
}
