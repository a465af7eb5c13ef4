using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>Which disk of its role something is on: what is on none would not be on the next node.</summary>
internal static class RoleDisks
{
    /// <summary>The top of the disk that a path is on, of those that a resource depends on, also by others; null when it is on none.</summary>
    public static string? Find(RoleSpec role, ResourceSpec resource, string path) =>
        FoldersOf(role, resource, []).Where(top => path == top || path.StartsWith(top.TrimEnd('/') + "/", StringComparison.Ordinal)).MaxBy(top => top.Length);

    private static IEnumerable<string> FoldersOf(RoleSpec role, ResourceSpec resource, HashSet<ResourceSpec> seen)
    {
        foreach (var other in role.Resources.Where(other => resource.DependsOn.Contains(other.Name) && seen.Add(other)))
        {
            var folder = other.Type == DiskResourceType.TypeName ? other.Text("target")
                : other.Type == OpenCluster.OcfResourceType.TypeName ? other.Map("parameters").GetValueOrDefault("directory") : null;
            if (folder is not null) yield return folder;
            foreach (var below in FoldersOf(role, other, seen)) yield return below;
        }
    }
}
