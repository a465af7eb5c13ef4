using Holdfast.Agent.Api;

namespace Holdfast.Management.Machines;

/// <summary>Where the shared volumes are, by the cluster's own records: pure.</summary>
internal static class SharedDisks
{
    private const string Disk = "disk";

    /// <summary>The shared volumes that are attached to a node.</summary>
    public static IEnumerable<string> AttachedTo(ClusterStatus? cluster, string node) => All(cluster).Where(disk => disk.Owner == node).Select(disk => disk.Name);

    /// <summary>Where all of them are, as a text that changes when one of them moves.</summary>
    public static string Places(ClusterStatus? cluster) => string.Join(' ', All(cluster).Select(disk => $"{disk.Name}={disk.Owner}"));

    private static IEnumerable<(string Name, string? Owner)> All(ClusterStatus? cluster) =>
        from role in cluster?.Roles ?? []
        where role.Instances is null
        from resource in role.Resources
        where resource.Type == Disk
        select ($"{role.Name}/{resource.Name}", resource.State == "online" ? role.Owner : null);
}
