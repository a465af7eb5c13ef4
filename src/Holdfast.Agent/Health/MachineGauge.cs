using System.Globalization;

namespace Holdfast.Agent.Health;

/// <summary>Reads what is left of a machine's disk and memory.</summary>
internal static class MachineGauge
{
    /// <summary>Returns the bytes free and in all on the file system of a folder; nothing when they cannot be read, since then nobody knows.</summary>
    public static (long Free, long Size) Disk(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return (drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (IOException)
        {
            return default;
        }
    }

    /// <summary>Returns the bytes of memory that can be had without swapping, and in all, from what the kernel says.</summary>
    public static (long Free, long Size) Memory(string path = "/proc/meminfo")
    {
        long available = 0, total = 0;
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                if (Kibibytes(line, "MemAvailable:") is { } free) available = free;
                if (Kibibytes(line, "MemTotal:") is { } all) total = all;
            }
        }
        catch (IOException)
        {
            return default;
        }

        return (available << 10, total << 10);
    }

    private static long? Kibibytes(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) && long.TryParse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
