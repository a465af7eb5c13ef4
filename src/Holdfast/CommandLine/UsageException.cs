using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>The command line itself is wrong (exit 2).</summary>
internal sealed class UsageException(string code, string message, string? hint = null) : HoldfastException(ErrorKind.Invalid, "usage." + code, message, hint);
