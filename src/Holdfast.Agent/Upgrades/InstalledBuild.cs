using System.Diagnostics;
using System.Reflection;
using Holdfast.Agent.Hosting;

namespace Holdfast.Agent.Upgrades;

/// <summary>The versions of this machine: what runs, and what the next start would run.</summary>
/// <param name="Running">This agent's.</param>
/// <param name="Guard">The leash's above it; null when its files are gone, so that it is of no version that is still there.</param>
/// <param name="Installed">What is where this agent was started from; null when that cannot be told.</param>
internal sealed record InstalledBuild(string Running, string? Guard, string? Installed)
{
    private const string AgentFile = "Holdfast.Agent.dll";
    private const string LeashFile = "holdfast-leash.dll";

    /// <summary>Gets the version of this agent.</summary>
    public static string Own { get; } = typeof(AgentHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Looks.</summary>
    public static InstalledBuild Look() => new(
        Own,
        // Its own file is where it was started from, also when the link that led there leads elsewhere now.
        VersionIn(Path.GetDirectoryName(File.ResolveLinkTarget($"/proc/{ParentId()}/exe", returnFinalTarget: false)?.FullName), LeashFile),
        VersionIn(FolderOf(File.ReadAllText("/proc/self/cmdline").Split('\0')[0]), AgentFile));

    /// <summary>The folder of a command, by way of the links that a start would follow now.</summary>
    private static string? FolderOf(string command) => command.Contains('/')
        ? Path.GetDirectoryName(Path.GetFullPath(command))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(folder => File.Exists(Path.Combine(folder, command)));

    private static string? VersionIn(string? folder, string file)
    {
        try
        {
            return folder is null ? null : FileVersionInfo.GetVersionInfo(Path.Combine(folder, file)).ProductVersion;
        }
        catch (IOException)
        {
            return null;
        }
    }

    // After the program's name, which may have spaces: state, then the parent.
    private static string ParentId() => File.ReadAllText("/proc/self/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
}
