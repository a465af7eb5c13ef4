using System.Collections.Concurrent;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;

namespace Holdfast.Management.Machines;

/// <summary>When the certificates on the nodes end: asked of each that is up from time to time, and kept while it is away, for its time goes on.</summary>
internal sealed class CertificateWatch(AgentLink agent, ClusterFollower follower, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, IReadOnlyList<CertificateInfo>> _known = new(StringComparer.Ordinal);
    private readonly NodeRounds _rounds = new(follower, Interval, time);

    /// <summary>Looks until cancelled: at a node that was never seen soon, at every one each ten minutes.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _rounds.RunAsync(node => LookAsync(node.Name, cancellationToken), cancellationToken);

    /// <summary>The certificates on a node, as it told last; null when it never did.</summary>
    public IReadOnlyList<CertificateInfo>? Find(string node) => _known.GetValueOrDefault(node);

    private async Task LookAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            var told = await agent.GetPostedAsync($"v1/nodes/{Uri.EscapeDataString(node)}/test", ApiJson.Default.NodeTestAnswer, cancellationToken);
            if (told.Works) _known[node] = told.Certificates;
        }
        catch (HoldfastException)
        {
            // What it told last still counts.
        }
    }
}
