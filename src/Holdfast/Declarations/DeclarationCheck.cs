using Holdfast.Agent.Declarations;
using Holdfast.Cli.Client;
using Holdfast.Cluster;
using Holdfast.Management.Policies;
using PolicyText = Holdfast.Management.Policies.PolicyText;

namespace Holdfast.Cli.Declarations;

/// <summary>What can be said of a declaration without an agent: everything but what only nodes know.</summary>
internal static class DeclarationCheck
{
    public static CheckResult Read(DeclarationFile file)
    {
        var documents = PolicyDocuments.Of(file.Text);
        var (policies, mistakes) = documents.Policies.Length == 0 ? ([], []) : PolicyText.Read(documents.Policies, file.Name);
        var others = documents is { Policies.Length: > 0, Others.Length: 0 } ? null : DeclarationReader.Read(documents.Others, file.Name, nodes: null);
        DeclarationProblem[] problems = [.. others?.Problems ?? [], .. mistakes];
        return new CheckResult(file.Name, problems.Length == 0, [.. others?.Roles.Select(role => role.Name.Value) ?? []], problems, [.. policies.Select(policy => policy.Name)]);
    }

    public static HoldfastException Refusal(CheckResult result) => new(ErrorKind.Invalid, "declaration.invalid",
        result.Problems is [var only] ? only.ToString() : $"{result.File} has {result.Problems.Count} mistakes.\n{string.Join('\n', result.Problems)}");
}
