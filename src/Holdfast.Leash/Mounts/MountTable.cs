namespace Holdfast.Leash.Mounts;

/// <summary>What is mounted in this mount namespace, from /proc/self/mountinfo (proc(5)).</summary>
internal static class MountTable
{
    public static List<Entry> Read()
    {
        var entries = new List<Entry>();
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-", 6);
            if (separator < 0 || fields.Length < separator + 3) continue;
            entries.Add(new(Unescape(fields[4]), Unescape(fields[separator + 2]), fields[2], fields.Skip(6).Take(separator - 6).Any(field => field.StartsWith("shared:", StringComparison.Ordinal))));
        }

        return entries;
    }

    private static string Unescape(string text) => text.Replace("\\040", " ").Replace("\\011", "\t").Replace("\\012", "\n").Replace("\\134", "\\");

    /// <param name="Target">Where it is mounted.</param>
    /// <param name="Source">The device, as the one who mounted it called it.</param>
    /// <param name="Number">The number of the file system, which every mount of it has.</param>
    /// <param name="IsShared">Whether mounts upon it are seen in other mount namespaces.</param>
    public sealed record Entry(string Target, string Source, string Number, bool IsShared);
}
