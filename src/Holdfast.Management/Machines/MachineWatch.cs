using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Machines;

/// <summary>What the machines have: asked of each that is up from time to time, and kept while it is away.</summary>
internal sealed class MachineWatch(AgentLink agent, ClusterFollower follower, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);
    private readonly ConcurrentDictionary<string, MachineSight> _sights = new(StringComparer.Ordinal);
    // A shared volume that moves is another one's now, and all members tell so; of clients there may be hundreds.
    private readonly NodeRounds _rounds = new(follower, Interval, time, node => node.Kind == NodeKind.Member ? SharedDisks.Places(follower.Status) : "");
    private readonly Lock _gate = new();
    private long _looks;
    private (ClusterStatus? Cluster, long Looks, PolicyInventory Inventory) _told = (null, 0, PolicyInventory.Empty);

    /// <summary>Looks until cancelled: at a machine that was never seen soon, at every one each five minutes.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        _rounds.RunAsync(node => node.Kind == NodeKind.Witness ? Task.CompletedTask : LookAsync(node.Name, cancellationToken), cancellationToken);

    /// <summary>What was seen of a machine last; null when nothing ever was.</summary>
    public MachineSight? Find(string node) => _sights.GetValueOrDefault(node);

    /// <summary>What there is to protect. The same object until it is something else.</summary>
    public PolicyInventory Inventory()
    {
        var (cluster, looks) = (follower.Status, Interlocked.Read(ref _looks));
        lock (_gate)
        {
            if (ReferenceEquals(_told.Cluster, cluster) && _told.Looks == looks) return _told.Inventory;
            var now = new PolicyInventory(
                [.. (cluster?.Nodes ?? []).Select(node => new InventoryNode(node.Name, node.Kind != NodeKind.Witness))],
                [.. (cluster?.Roles ?? []).Select(role => role.Name)],
                // Of a shared volume each machine tells, and the one that it is attached to knows its file system.
                [.. _sights.OrderBy(sight => sight.Key, StringComparer.Ordinal).SelectMany(sight => sight.Value.Things).OrderBy(thing => thing.FileSystem is null).DistinctBy(thing => (thing.Kind, thing.Name, thing.Node, thing.Role))]);
            _told = (cluster, looks, now.Equals(_told.Inventory) ? _told.Inventory : now);
            return _told.Inventory;
        }
    }

    private async Task LookAsync(string node, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await agent.SendForBytesAsync($"v1/nodes/{Uri.EscapeDataString(node)}/look", new LookRequest(LookKind.Volumes), ApiJson.Default.LookRequest, null, cancellationToken);
            var seen = JsonElement.Parse(bytes);
            var (local, shared) = (seen.GetProperty("local"), seen.GetProperty("shared"));
            _sights[node] = new MachineSight(time.GetUtcNow(), null, local, shared) { Things = [.. ThingsOf(node, local, shared)] };
        }
        catch (Exception exception) when (exception is HoldfastException or JsonException or KeyNotFoundException)
        {
            _sights[node] = _sights.TryGetValue(node, out var before) ? before with { Trouble = exception.Message } : new MachineSight(null, exception.Message, null, null);
        }

        Interlocked.Increment(ref _looks);
    }

    private static IEnumerable<InventoryThing> ThingsOf(string node, JsonElement local, JsonElement sharedVolumes)
    {
        foreach (var volume in Items(local))
        {
            var mounts = Items(volume.GetProperty("mounts")).Select(mount => mount.GetProperty("path").GetString()!).ToImmutableArray();
            if (mounts is [var first, ..]) yield return new InventoryThing(ThingKind.Volume, first, node, null, mounts, volume.GetProperty("fileSystem").GetString());
        }

        foreach (var shared in Items(sharedVolumes))
        {
            var facts = shared.GetProperty("facts");
            var (name, target) = (facts.GetProperty("name").GetString()!, facts.GetProperty("target").GetString());
            var here = Items(local).FirstOrDefault(volume => volume.GetProperty("sharedVolumeId").GetString() == facts.GetProperty("id").GetString());
            yield return new InventoryThing(ThingKind.SharedVolume, name, null, name.Split('/')[0], target is null ? [] : [target], here.ValueKind == JsonValueKind.Object ? here.GetProperty("fileSystem").GetString() : null);
        }
    }

    private static IEnumerable<JsonElement> Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}

/// <summary>What was seen of a machine.</summary>
/// <param name="Seen">When it answered last; null when it never did.</param>
/// <param name="Trouble">Why it did not answer the last time; null when it did.</param>
/// <param name="Local">Its volumes.</param>
/// <param name="Shared">The shared volumes that it knows of.</param>
internal sealed record MachineSight(DateTimeOffset? Seen, string? Trouble, JsonElement? Local, JsonElement? Shared)
{
    /// <summary>Gets what of it can be protected.</summary>
    public ImmutableArray<InventoryThing> Things { get; init; } = [];
}
