namespace Holdfast.Agent.Hosting;

/// <summary>What an agent is told by its command line.</summary>
public sealed record AgentOptions
{
    /// <summary>Gets the folder that survives restarts: identity, keys, the store's data, logs.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Gets the folder of this boot: the sockets and the leash's revoke list.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Gets whether it runs without root, on one node, with the embedded store.</summary>
    public bool Development { get; init; }

    /// <summary>Gets the local socket that the command line uses.</summary>
    public string AgentSocket => Path.Combine(RunDirectory, "agent.sock");
}
