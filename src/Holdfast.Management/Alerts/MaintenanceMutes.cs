using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Management.Alerts;

/// <summary>What the cluster is told to leave alone, people are not told of either.</summary>
public static class MaintenanceMutes
{
    /// <summary>The maintenance of the cluster and of roles, and nodes that somebody drained or paused, as mutes.</summary>
    public static ImmutableArray<AlertMute> Of(ClusterStatus cluster, DateTimeOffset now)
    {
        var mutes = ImmutableArray.CreateBuilder<AlertMute>();
        if (cluster.Maintenance is { } all && all.IsInEffect(now)) mutes.Add(new("maintenance", "*", all.Until, Reason("the cluster is in maintenance", all.Reason)));
        foreach (var role in cluster.Roles)
        {
            if (role.Maintenance is { } own && own.IsInEffect(now) && own != cluster.Maintenance) mutes.Add(new($"maintenance-{role.Name}", $"role:{role.Name}", own.Until, Reason($"role {role.Name} is in maintenance", own.Reason)));
        }

        // A drain has no end of its own: it is over when somebody says so.
        foreach (var node in cluster.Nodes.Where(node => node.Intent is NodeIntent.Draining or NodeIntent.Paused)) mutes.Add(new($"node-{node.Name}", $"node:{node.Name}", DateTimeOffset.MaxValue, $"node {node.Name} is {(node.Intent == NodeIntent.Paused ? "paused" : "drained")}"));
        return mutes.ToImmutable();
    }

    private static string Reason(string what, string? why) => why is null ? what : $"{what}: {why}";
}
