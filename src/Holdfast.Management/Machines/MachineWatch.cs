using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Machines;

/// <summary>What the machines have: asked of each that is up from time to time, and kept while it is away (<see cref="SightKeeper"/>).</summary>
internal sealed class MachineWatch(AgentLink agent, ClusterFollower follower, SightBook book, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    // A shared volume that moves is another one's now, and all members tell so; of clients there may be hundreds.
    private readonly NodeRounds _rounds = new(follower, Interval, time, node => node.Kind == NodeKind.Member ? SharedDisks.Places(follower.Status) : "");
    private readonly Lock _gate = new();
    private (ClusterStatus? Cluster, ImmutableSortedDictionary<string, MachineSight>? Sights, PolicyInventory Inventory) _told = (null, null, PolicyInventory.Empty);

    /// <summary>Looks until cancelled: at a machine that was never seen soon, at every one each five minutes.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        _rounds.RunAsync(node => node.Kind == NodeKind.Witness ? Task.CompletedTask : LookAsync(node.Name, cancellationToken), cancellationToken);

    /// <summary>What was seen of a machine last; null when nothing ever was.</summary>
    public MachineSight? Find(string node) => book.Find(node);

    /// <summary>What there is to protect. The same object until it is something else.</summary>
    public PolicyInventory Inventory()
    {
        var (cluster, sights) = (follower.Status, book.All);
        lock (_gate)
        {
            if (ReferenceEquals(_told.Cluster, cluster) && ReferenceEquals(_told.Sights, sights)) return _told.Inventory;
            var now = MachineInventory.Of(cluster, sights);
            _told = (cluster, sights, now.Equals(_told.Inventory) ? _told.Inventory : now);
            return _told.Inventory;
        }
    }

    private async Task LookAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await agent.SendForBytesAsync($"v1/nodes/{Uri.EscapeDataString(node)}/look", new LookRequest(LookKind.Volumes), ApiJson.Default.LookRequest, null, cancellationToken);
            var seen = JsonElement.Parse(bytes);
            book.Saw(node, MachineSight.Of(node, time.GetUtcNow(), seen.GetProperty("local"), seen.GetProperty("shared")));
        }
        catch (Exception exception) when (exception is HoldfastException or JsonException or KeyNotFoundException or FormatException)
        {
            book.Failed(node, exception.Message);
        }
    }
}
