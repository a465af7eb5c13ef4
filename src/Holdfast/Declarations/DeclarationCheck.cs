using Holdfast.Agent.Declarations;
using Holdfast.Cli.Client;
using Holdfast.Cluster;

namespace Holdfast.Cli.Declarations;

/// <summary>What can be said of a declaration without an agent: everything but what only nodes know.</summary>
internal static class DeclarationCheck
{
    public static CheckResult Read(DeclarationFile file)
    {
        var result = DeclarationReader.Read(file.Text, file.Name, nodes: null);
        return new CheckResult(file.Name, result.Problems.IsEmpty, [.. result.Roles.Select(role => role.Name.Value)], result.Problems);
    }

    public static HoldfastException Refusal(CheckResult result) => new(ErrorKind.Invalid, "declaration.invalid",
        result.Problems is [var only] ? only.ToString() : $"{result.File} has {result.Problems.Count} mistakes.\n{string.Join('\n', result.Problems)}");
}
