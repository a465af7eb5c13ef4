using Holdfast.Agent.Api;
using Holdfast.Management.Api;

namespace Holdfast.Management.Hosting;

/// <summary>Whether the cluster would survive the loss of any one node, told from what the planner says of each.</summary>
internal static class Redundancy
{
    public static RedundancyLight Of(ClusterStatus cluster, IReadOnlyList<FailureOutlook> failures)
    {
        if (cluster.Nodes.Count < 2) return new(false, "There is one node: its loss is the loss of everything.");
        var single = failures.Where(outlook => outlook.Down.Count == 1).ToList();
        if (single.FirstOrDefault(outlook => outlook.Store == "no-quorum") is { } deadly) return new(false, $"If {deadly.Down[0]} were lost now, the cluster would have no majority.");
        var offline = single.Where(outlook => outlook.Offline.Count > 0).ToList();
        return offline is [var first, ..] ? new(false, $"If {first.Down[0]} were lost now, {string.Join(", ", first.Offline)} would be offline.") : new(true, "Any one node may be lost now.");
    }
}
