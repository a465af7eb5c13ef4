using Holdfast.Lab.Linux;

namespace Holdfast.Lab.Hosts;

/// <summary>The control groups of hosts that a systemd runs: one folder each, named by the lab, in the machine's hierarchy of the second version.</summary>
internal static class ControlGroups
{
    private const string Prefix = "holdfast-lab-";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static string Root { get; } = File.Exists("/sys/fs/cgroup/cgroup.procs") ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";

    public static string PathOf(string lab, string host) => Path.Combine(Root, $"{Prefix}{lab}-{host}");

    /// <summary>Removes a host's groups, innermost first; its processes are gone, or about to be.</summary>
    public static Task RemoveAsync(string path) => Waiting.UntilAsync(() => Task.FromResult(TryRemove(path)), Limit, $"the control group {path} to be empty", TimeSpan.FromMilliseconds(20));

    /// <summary>Lists those of labs that are dead.</summary>
    public static IReadOnlyList<string> List(Func<string, bool> isDead) =>
        Directory.Exists(Root) ? [.. Directory.EnumerateDirectories(Root, Prefix + "*").Where(path => isDead(Path.GetFileName(path)[Prefix.Length..]))] : [];

    private static bool TryRemove(string path)
    {
        if (!Directory.Exists(path)) return true;
        try
        {
            foreach (var inner in Directory.GetDirectories(path)) TryRemove(inner);
            // The kernel's own files in it cannot be deleted, and need not be: rmdir takes them along.
            return Libc.rmdir(path) == 0 || !Directory.Exists(path);
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
    }
}
