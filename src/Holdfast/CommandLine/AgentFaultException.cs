using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>The agent answered that it failed: a bug there, not an answer (exit 1).</summary>
internal sealed class AgentFaultException(string code, string message, string? hint) : HoldfastException(ErrorKind.Unavailable, code, message, hint);
