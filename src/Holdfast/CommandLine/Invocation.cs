using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cli.Client;
using Holdfast.Cli.Output;
using Holdfast.Cli.Tracing;

namespace Holdfast.Cli.CommandLine;

/// <summary>One run of one command: what was typed, where output goes, and the agent.</summary>
internal sealed class Invocation(ParseResult parsed, Surroundings surroundings) : IDisposable
{
    // System.CommandLine hands an action only the parse result; this finds the rest of the run from it.
    private static readonly ConditionalWeakTable<ParseResult, Invocation> Runs = [];

    private NodeApiClient? _agent;
    private CommandTrace? _trace;

    public ParseResult Parsed { get; } = parsed;

    public Surroundings Surroundings { get; } = surroundings;

    public bool Json => Parsed.GetValue(GlobalOptions.Json);

    public AgentSocket Socket => AgentSocket.Find(Parsed.GetValue(GlobalOptions.RunDirectory), Surroundings.Environment);

    public NodeApiClient Agent => _agent ??= AskAgent();

    /// <summary>Gets the writer of a command's result.</summary>
    public Report Report => field ??= new Report(Surroundings, Json);

    public static Invocation Begin(ParseResult parsed, Surroundings surroundings)
    {
        var run = new Invocation(parsed, surroundings);
        Runs.Add(parsed, run);
        return run;
    }

    public static Invocation Current(ParseResult parsed) => Runs.TryGetValue(parsed, out var run) ? run : throw new InvalidOperationException("No run was begun for this command line.");

    public T Get<T>(Option<T> option) => Parsed.GetValue(option)!;

    public TimeSpan Get(DurationOption option) => Parsed.GetValue(option) ?? option.Otherwise;

    public T Get<T>(Argument<T> argument) => Parsed.GetValue(argument)!;

    public bool Has(Option option) => Parsed.GetResult(option) is { Implicit: false };

    /// <summary>
    /// Asks for a document and shows it. With <c>--json</c> it is printed as the agent wrote it: the node API's form is the stable one,
    /// and to take it apart and build it again would double the time that such a command takes.
    /// </summary>
    /// <param name="path">The document.</param>
    /// <param name="type">Chooses its type; called only when it is taken apart, since building a type's description alone takes 20 ms.</param>
    /// <param name="draw">Shows it to a person.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task ShowAsync<T>(string path, Func<NodeApiJson, JsonTypeInfo<T>> type, Action<T> draw, CancellationToken cancellationToken) =>
        ShowAsync(path, () => type(NodeApiJson.Default), value =>
        {
            draw(value);
            return Task.CompletedTask;
        }, cancellationToken);

    /// <summary>The same of any type, drawn with what else has to be asked for.</summary>
    public async Task ShowAsync<T>(string path, Func<JsonTypeInfo<T>> type, Func<T, Task> drawAsync, CancellationToken cancellationToken)
    {
        if (Json) Report.JsonText(await Agent.GetTextAsync(path, cancellationToken));
        else await drawAsync(await Agent.GetAsync(path, type(), cancellationToken));
    }

    public void Dispose()
    {
        _agent?.Dispose();
        _trace?.Dispose();
    }

    private NodeApiClient AskAgent()
    {
        _trace = CommandTrace.Begin(Parsed, Surroundings.Environment);
        return new NodeApiClient(Socket, Surroundings.Time);
    }
}
