using System.CommandLine;

namespace Holdfast.Cli.CommandLine;

/// <summary>A word that only gathers commands: <c>holdfast role …</c>.</summary>
internal sealed class VerbGroup(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Gets complete command lines that show the group at work.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;
}
