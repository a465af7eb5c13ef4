using Holdfast.Agent.Declarations;

namespace Holdfast.Cli.Client;

/// <summary>What <c>config check --json</c> prints.</summary>
/// <param name="File">The file as named.</param>
/// <param name="Valid">Whether nothing is wrong.</param>
/// <param name="Roles">The roles that it declares, as far as they could be read.</param>
/// <param name="Problems">What is wrong, each with its place.</param>
/// <param name="Policies">The policies that it declares, as far as they could be read.</param>
internal sealed record CheckResult(string File, bool Valid, IReadOnlyList<string> Roles, IReadOnlyList<DeclarationProblem> Problems, IReadOnlyList<string> Policies);
