using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Names;

/// <summary>"Use network name for computer name": processes of a role that take the role's name for that of their machine.</summary>
internal static class ComputerName
{
    internal static PropertyRule Rule { get; } =
        new("use-network-name", PropertyShape.Text, Required: false, "Whether its processes see the role's network name as the name of the machine (in a UTS namespace of their own): yes or no (the default). It must depend on one network-name then.");

    /// <summary>The host name that a resource's processes see; null is the machine's own.</summary>
    public static string? Of(RoleSpec role, ResourceSpec resource) =>
        resource.Text("use-network-name") is "yes" ? Find(role, resource) : null;

    /// <summary>The name of the one network-name that a resource depends on; null when it depends on none, or on several.</summary>
    public static string? Find(RoleSpec role, ResourceSpec resource) => NamesOf(role, resource) is [var name] ? name.RequiredText("name").Split('.')[0] : null;

    internal static IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "use-network-name", "yes", "no")) yield return problem;
        if (resource.Text("use-network-name") is not "yes") yield break;
        var names = NamesOf(role, resource);
        if (names.Count != 1)
        {
            yield return new(ResourceProperties.PathOf(role, resource, "use-network-name"), names.Count == 0
                ? "is yes, but it depends on no network-name; add one to depends-on."
                : $"is yes, but it depends on {names.Count} network names ({string.Join(", ", names.Select(name => name.Name))}); a machine has one name.");
        }
    }

    /// <summary>The network names that it depends on, also by others.</summary>
    private static List<ResourceSpec> NamesOf(RoleSpec role, ResourceSpec resource)
    {
        var found = new List<ResourceSpec>();
        var seen = new HashSet<ResourceSpec>();
        Visit(resource);
        return found;

        void Visit(ResourceSpec from)
        {
            foreach (var dependency in role.Resources.Where(other => from.DependsOn.Contains(other.Name) && seen.Add(other)))
            {
                if (dependency.Type == NetworkNameType.TypeName) found.Add(dependency);
                Visit(dependency);
            }
        }
    }
}
