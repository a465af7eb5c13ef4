using System.CommandLine;

namespace Holdfast.Cli.CommandLine;

/// <summary>A command that does something, with the examples that its help shows.</summary>
internal sealed class Verb : Command
{
    public Verb(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Gets complete command lines, the simplest first.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Sets what it does.</summary>
    public Verb Does(Func<Invocation, CancellationToken, Task> action)
    {
        SetAction(async (parsed, cancellationToken) =>
        {
            await action(Invocation.Current(parsed), cancellationToken);
            return (int)ExitCode.Ok;
        });
        return this;
    }
}
