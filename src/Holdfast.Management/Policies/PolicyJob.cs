using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Policies;

/// <summary>One job that a policy came to.</summary>
/// <param name="Name">Its name: the same whenever the same thing goes to the same vault.</param>
/// <param name="Purpose">What it is to the policy: <c>backup</c>, <c>log</c>, <c>prune</c>, <c>check</c> or <c>proof</c>.</param>
/// <param name="Thing">The key of the thing; null for a check, which is of a vault.</param>
/// <param name="Vault">The vault's name.</param>
/// <param name="Declaration">The declaration (YAML), as <c>holdfast apply</c> takes it.</param>
/// <param name="Role">The role that it declares.</param>
public sealed record PolicyJob(string Name, string Purpose, string? Thing, string Vault, string Declaration, RoleSpec Role);
