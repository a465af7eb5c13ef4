using Holdfast.Agent.Jobs;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>Keeps client machines out of what must go on without them: one may own jobs, and only those that are its alone.</summary>
internal static class ClientOwners
{
    /// <summary>Returns the mistakes of some roles.</summary>
    public static IEnumerable<SpecProblem> Validate(IEnumerable<RoleSpec> declared, ClusterView view)
    {
        foreach (var role in declared)
        {
            foreach (var (key, owners) in new[] { ("possible-owners", role.PossibleOwners), ("preferred-owners", role.PreferredOwners) })
            {
                foreach (var client in owners.Where(view.IsClient))
                {
                    if (WhyNot(role, client) is { } why) yield return new($"roles.{role.Name}.{key}", $"names {client}, a client machine, {why}");
                }
            }
        }
    }

    private static string? WhyNot(RoleSpec role, NodeName client) =>
        role.Mode == RoleMode.Everywhere || !role.Resources.Any(resource => resource.Type == JobResourceType.TypeName) || role.Resources.Length > 1
            ? "which may sleep or be away: it is given nothing but jobs. Name members."
        : role.PossibleOwners is not [_] ? $"which takes turns with nobody: a job of it is its alone. Write placement: {{ required: [{client}] }}, and another job for others."
        : null;
}
