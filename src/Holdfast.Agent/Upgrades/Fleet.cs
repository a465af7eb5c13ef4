using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Agent.Upgrades;

/// <summary>All nodes of the cluster, as a change that goes from node to node sees them.</summary>
internal sealed class Fleet(AgentHost host, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>Gets this node.</summary>
    public NodeRuntime Here => host.RequireRuntime();

    /// <summary>Gets what the store says now.</summary>
    public ClusterView View => Here.Operations.Situation().View;

    /// <summary>Gets every node that was not evicted, but for client machines: nobody can wait for those.</summary>
    public IReadOnlyList<NodeRecord> Nodes => [.. All.Where(node => node.Kind != NodeKind.Client)];

    /// <summary>Gets every node that was not evicted.</summary>
    public IReadOnlyList<NodeRecord> All => [.. View.Nodes.Values.Select(node => node.Value).Where(node => node.Intent != NodeIntent.Evicted)];

    /// <summary>Whether a node's lease was seen to be renewed within its time; with patience, within that and its margin.</summary>
    public bool IsUp(NodeName node, bool patience = false)
    {
        var (view, seen) = Here.Operations.Situation();
        return view.Leases.TryGetValue(node, out var lease) && lease.Value.State == LeaseState.Live
            && seen.Leases.TryGetValue(node, out var sighting) && seen.Now.ObservedSince(sighting.FirstSeen) < lease.Value.Duration + (patience ? lease.Value.Margin : TimeSpan.Zero);
    }

    /// <summary>What a node runs and has installed; null when it does not answer.</summary>
    public async Task<NodeBuildAnswer?> BuildOfAsync(NodeRecord node, CancellationToken cancellationToken) =>
        node.Name == Here.Node ? BuildHere() : Here.Peers is { } peers ? await peers.TryAskAsync(node, "v1/peer/build", PeerJson.Default.NodeBuildAnswer, AskLimit, cancellationToken) : null;

    /// <summary>What this node runs and has installed.</summary>
    public NodeBuildAnswer BuildHere()
    {
        var build = InstalledBuild.Look();
        return new(build.Running, build.Guard, build.Installed, RecordFormat.Newest, Here.Keeper.Holds, Here.StoreProfile.Name);
    }

    /// <summary>Waits until something is so.</summary>
    /// <param name="condition">What.</param>
    /// <param name="limit">How long.</param>
    /// <param name="otherwise">What to fail with when it is not so by then.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan limit, Func<HoldfastException> otherwise, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (!await condition())
        {
            if (time.GetElapsedTime(begun) > limit) throw otherwise();
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>The error that some nodes do not answer.</summary>
    public static HoldfastException Unreachable(params IEnumerable<NodeName> nodes) => new(
        ErrorKind.Unavailable, "node.unreachable", $"{string.Join(", ", nodes)} cannot be asked; nothing was changed by this.", "Bring every node back, or evict those that will not come back, then run the command again.");
}
