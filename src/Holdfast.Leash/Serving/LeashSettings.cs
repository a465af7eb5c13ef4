using System.Globalization;
using System.Text;

namespace Holdfast.Leash.Serving;

/// <summary>How units are kept together, strongest first.</summary>
internal enum Isolation
{
    /// <summary>A PID namespace for each unit: ending its init ends everything in it, at once and for certain.</summary>
    Namespaces,

    /// <summary>The same inside a user namespace, for an unprivileged leash.</summary>
    UserNamespaces,

    /// <summary>Sessions and a mark in the environment: for development where the kernel refuses namespaces. A process that hides its environment escapes.</summary>
    Sessions,
}

/// <summary>What the leash was told on its command line.</summary>
internal sealed record LeashSettings
{
    public required string RunDirectory { get; init; }

    public required string StateDirectory { get; init; }

    /// <summary>Gets the agent's command; empty when somebody else starts it.</summary>
    public string[] Agent { get; init; } = [];

    /// <summary>Gets K: how long after the deadline everything must be gone.</summary>
    public TimeSpan KillTime { get; init; } = TimeSpan.FromMilliseconds(120);

    /// <summary>Gets how long the agent may take to hand over its roles when the leash is told to end.</summary>
    public TimeSpan StopTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets whether the machine is reset when something outlives the deadline by K.</summary>
    public bool ResetWhenStuck { get; init; }

    public string? WatchdogDevice { get; init; }

    public bool Unprivileged { get; init; }

    /// <summary>Gets whether the agent is kept alone, without another that waits to take its place.</summary>
    public bool NoStandbyAgent { get; init; }

    /// <summary>Gets whether a second agent waits. Not for development: nobody there misses a second, but everybody the memory.</summary>
    public bool KeepsStandby => !NoStandbyAgent && !Unprivileged;

    /// <summary>Gets whether the deadline is deliberately ignored: the proof that our measurements would see a double owner.</summary>
    public bool IgnoreDeadline { get; init; }

    public string SocketPath => Path.Combine(RunDirectory, "leash.sock");

    /// <summary>Names everything that belongs to this run folder, so that leashes of other folders on the machine are left alone.</summary>
    /// <remarks>FNV-1a: a name, not a secret; a cryptographic hash would load a library of several megabytes.</remarks>
    public static string ScopeOf(string runDirectory)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var value in Encoding.UTF8.GetBytes(Path.TrimEndingDirectorySeparator(Path.GetFullPath(runDirectory)))) hash = (hash ^ value) * 0x100000001b3;
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
