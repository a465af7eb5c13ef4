using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Alerts.Sources;
using Holdfast.Management.Api;

namespace Holdfast.Management.Hosting;

/// <summary>Whether the cluster would survive the loss of any one node: what the alerts say of it, as a light.</summary>
internal static class Redundancy
{
    /// <param name="isBound">Whether a role can be on one node only: its loss is not lost redundancy.</param>
    public static RedundancyLight Of(ClusterStatus cluster, IReadOnlyList<FailureOutlook> failures, Func<string, bool> isBound) =>
        cluster.Nodes.Count(node => node.Kind == NodeKind.Member) < 2 ? new(false, "There is one node: its loss is the loss of everything.")
        : ClusterSignals.Redundancy(cluster, failures, isBound).FirstOrDefault() is { } lost ? new(false, lost.Sentence) : new(true, "Any one node may be lost now.");
}
