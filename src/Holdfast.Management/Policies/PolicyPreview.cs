using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>What applying a policy would do: POST /policies/{name}/preview.</summary>
/// <param name="Problems">Why it cannot be applied.</param>
/// <param name="Warnings">What to know when it can.</param>
/// <param name="Diff">What changes in the cluster, a line each; empty when nothing does.</param>
/// <param name="Jobs">Every job that is the policy's, or was.</param>
public sealed record PolicyPreview(ImmutableArray<PolicyProblem> Problems, ImmutableArray<PolicyProblem> Warnings, string Diff, ImmutableArray<PolicyJobChange> Jobs);

/// <summary>One job in a preview.</summary>
/// <param name="Action"><c>create</c>, <c>update</c>, <c>unchanged</c> or <c>retire</c>.</param>
/// <param name="Purpose">What it is to the policy; null for one that retires, or that stays because its machine is away.</param>
/// <param name="Declaration">Its declaration (YAML); null where the purpose is.</param>
public sealed record PolicyJobChange(string Name, string Action, string? Purpose, string? Thing, string? Vault, string? Declaration);
