using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Holdfast.Agent.Tracing;

namespace Holdfast.Cli.Tracing;

/// <summary>One command that asks the agent, as the span that everything it leads to is below of; itself below that of <c>TRACEPARENT</c>, where a script has one.</summary>
internal sealed class CommandTrace : IDisposable
{
    private readonly IDisposable _export;
    private readonly Activity? _span;

    private CommandTrace(IDisposable export, Activity? span) => (_export, _span) = (export, span);

    /// <summary>Begins it; null when nobody wants spans.</summary>
    public static CommandTrace? Begin(ParseResult parsed, Func<string, string?> environment) =>
        TraceExport.Begin("holdfast", environment) is { } export ? new CommandTrace(export, Traces.Begin(NameOf(parsed), ActivityKind.Internal, environment("TRACEPARENT"))) : null;

    public void Dispose()
    {
        _span?.Dispose();
        _export.Dispose();
    }

    private static string NameOf(ParseResult parsed)
    {
        List<string> words = [];
        for (SymbolResult? part = parsed.CommandResult; part is not null; part = part.Parent)
        {
            if (part is CommandResult command) words.Insert(0, command.Command.Name);
        }

        return string.Join(' ', words);
    }
}
