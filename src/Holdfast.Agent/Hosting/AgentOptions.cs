using Holdfast.Agent.Jobs;

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

    /// <summary>The value of <see cref="Listen"/> for a node that shows no door.</summary>
    public const string NotListening = "none";

    /// <summary>Gets where the door to the management service listens, such as 127.0.0.1:7400; null for port 7400 of all addresses, <see cref="NotListening"/> for nowhere.</summary>
    public string? Listen { get; init; }

    /// <summary>Gets what judges the declarations of jobs as their workers would; null when nobody does before they run.</summary>
    public JobJudge? JudgeJob { get; init; }

    /// <summary>Gets the local socket that the command line uses.</summary>
    public string AgentSocket => Path.Combine(RunDirectory, "agent.sock");
}
