using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Hosting;

/// <summary>What the management service is told by its command line and by who started it.</summary>
public sealed record ManagementOptions
{
    /// <summary>Gets the folder that survives restarts.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Gets the folder of this boot: the agent's socket is there, and the service's own.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Gets the epoch at which its node owns role <c>management</c>; what it writes carries it.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Gets the node.</summary>
    public required string Node { get; init; }

    /// <summary>Gets the folder of the console's files; null, or one that does not exist, for none.</summary>
    public string? ConsoleDirectory { get; init; }

    /// <summary>Gets the address of the repository database, <c>postgres://…</c>; null for SQLite in the state folder.</summary>
    public string? Database { get; init; }

    /// <summary>Gets the agent's socket.</summary>
    public string AgentSocket => Path.Combine(RunDirectory, "agent.sock");
}
