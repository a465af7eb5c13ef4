using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>What a policy comes to.</summary>
/// <param name="Policy">Its name.</param>
/// <param name="Problems">Why it cannot be applied; then the rest is incomplete.</param>
/// <param name="Warnings">What somebody should know who applies it.</param>
/// <param name="Things">What it protects.</param>
/// <param name="Jobs">The jobs that do it, by name.</param>
public sealed record CompiledPolicy(string Policy, ImmutableArray<PolicyProblem> Problems, ImmutableArray<PolicyProblem> Warnings, ImmutableArray<ProtectedThing> Things, ImmutableArray<PolicyJob> Jobs)
{
    /// <summary>Gets what it may mean beside those and nobody can say now: jobs of these do not retire.</summary>
    public ImmutableArray<UntoldThing> Untold { get; init; } = [];
}
