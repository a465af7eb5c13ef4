namespace Holdfast.Cli.CommandLine;

/// <summary>Whoever read standard output has gone: there is nobody to tell, and nothing went wrong.</summary>
internal sealed class OutputClosedException() : IOException("Nobody reads standard output any more.");
