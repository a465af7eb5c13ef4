using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>The disks of a role, and what is on them: what is on none would not be on the next node.</summary>
internal static class RoleDisks
{
    /// <summary>The folder on which a resource mounts a disk: one of our own, or of an agent such as Filesystem; null when it mounts none.</summary>
    public static string? FolderOf(ResourceSpec resource) => Of(resource, own: "target", agents: "directory");

    /// <summary>The device of that disk, as it was declared; null when it mounts none.</summary>
    public static string? DeviceOf(ResourceSpec resource) => Of(resource, own: "device", agents: "device");

    /// <summary>Whether a path is a folder, or in it.</summary>
    public static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The top of the disk that a path is on, of those that a resource depends on, also by others; null when it is on none.</summary>
    public static string? Find(RoleSpec role, ResourceSpec resource, string path) =>
        FoldersOf(role, resource, []).Where(top => IsWithin(path, top)).MaxBy(top => top.Length);

    private static IEnumerable<string> FoldersOf(RoleSpec role, ResourceSpec resource, HashSet<ResourceSpec> seen)
    {
        foreach (var other in role.Resources.Where(other => resource.DependsOn.Contains(other.Name) && seen.Add(other)))
        {
            if (FolderOf(other) is { } folder) yield return folder;
            foreach (var below in FoldersOf(role, other, seen)) yield return below;
        }
    }

    private static string? Of(ResourceSpec resource, string own, string agents) => resource.Type switch
    {
        DiskResourceType.TypeName => resource.Text(own),
        OpenCluster.OcfResourceType.TypeName => resource.Map("parameters").GetValueOrDefault(agents),
        _ => null,
    };
}
