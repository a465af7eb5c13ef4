using System.Runtime.InteropServices;
using Holdfast.Cluster;

namespace Holdfast.Cli.Machine;

/// <summary>Checks what this machine has.</summary>
internal static class Prerequisites
{
    // Services and sudo often have a PATH without the sbin folders; the tools are looked for there all the same.
    private static readonly string[] MoreFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    public static IReadOnlyList<Prerequisite> Missing(Func<string, string?> environment) => [.. Prerequisite.All.Where(p => !IsPresent(p, environment))];

    /// <summary>Stops a start that could only fail later and less clearly.</summary>
    /// <exception cref="HoldfastException">Code <c>machine.incomplete</c>.</exception>
    public static void Require(bool development, Func<string, string?> environment)
    {
        var missing = Missing(environment).Where(p => p.Need == Need.Always || (p.Need == Need.OnHosts && !development)).ToArray();
        if (missing.Length == 0) return;

        throw new HoldfastException(ErrorKind.Unavailable, "machine.incomplete",
            $"This machine lacks {string.Join(", ", missing.Select(p => $"{p.Name} ({p.For})"))}.", InstallHint(missing));
    }

    public static string InstallHint(IEnumerable<Prerequisite> missing) => $"Install it: apt-get install {string.Join(' ', missing.Select(p => p.Package).Distinct())}.";

    private static bool IsPresent(Prerequisite needed, Func<string, string?> environment)
    {
        if (needed.IsLibrary)
        {
            if (!NativeLibrary.TryLoad(needed.Name, out var handle)) return false;
            NativeLibrary.Free(handle);
            return true;
        }
        var folders = (environment("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(MoreFolders);
        return folders.Any(folder => File.Exists(Path.Combine(folder, needed.Name)));
    }
}
