using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Peers;

/// <summary>The peers of a cluster of one machine: none.</summary>
internal sealed class LonelyPeers : IPeers
{
    public static LonelyPeers Instance { get; } = new();

    /// <inheritdoc/>
    public Task<(NodeName Node, string Target)?> WhoMountsAsync(string fileSystemUuid, CancellationToken cancellationToken) => Task.FromResult<(NodeName, string)?>(null);
}
