using System.Globalization;
using Holdfast.Protection.Native;

namespace Holdfast.Protection.Volumes;

/// <summary>Where devices are mounted, from <c>/proc/self/mountinfo</c> (proc(5)).</summary>
internal static class MountTable
{
    /// <summary>Where a device is mounted for writing, or null.</summary>
    public static string? WritableMountOf(string device)
    {
        var stat = LibC.Stat(device);
        return WritableMountOf(File.ReadAllText("/proc/self/mountinfo"), string.Create(CultureInfo.InvariantCulture, $"{stat.DeviceNumberMajor}:{stat.DeviceNumberMinor}"));
    }

    /// <summary>The same from the table's text and a device's numbers.</summary>
    public static string? WritableMountOf(string mountInfo, string numbers) =>
        mountInfo.Split('\n').Select(line => line.Split(' '))
            // Also a mount that is read-only here: the file system itself may be written through another.
            .Where(parts => parts.Length > 9 && parts[2] == numbers && !parts[^1].Split(',').Contains("ro"))
            .Select(parts => Unescaped(parts[4])).MinBy(path => path.Length);

    /// <summary>What is mounted below a folder.</summary>
    public static IEnumerable<string> MountsBelow(string folder) =>
        File.ReadAllText("/proc/self/mountinfo").Split('\n').Select(line => line.Split(' ')).Where(parts => parts.Length > 4).Select(parts => Unescaped(parts[4]))
            .Where(mount => mount.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal));

    private static string Unescaped(string path) => path.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal)
        .Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
