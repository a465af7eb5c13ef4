using System.CommandLine;

namespace Holdfast.Cli.CommandLine;

/// <summary>A command that does something, with the examples that its help shows.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Gets complete command lines, the simplest first.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Sets what it does; when it returns, that is success.</summary>
    public Verb Does(Func<Invocation, CancellationToken, Task> action) => Does(async (run, cancellationToken) =>
    {
        await action(run, cancellationToken);
        return (int)ExitCode.Ok;
    });

    /// <summary>Sets what it does, with an exit code of its own.</summary>
    public Verb Does(Func<Invocation, CancellationToken, Task<int>> action)
    {
        SetAction((parsed, cancellationToken) => action(Invocation.Current(parsed), cancellationToken));
        return this;
    }
}
