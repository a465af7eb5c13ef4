using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>What was asked for was accepted, but had not happened when the wait ended (exit 7).</summary>
internal sealed class WaitTimeoutException(string message, string hint) : HoldfastException(ErrorKind.Unavailable, "wait.timed-out", message, hint);
