using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Holdfast.Store.Memory;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Clusters;

/// <summary>
/// Machines around one store. After every effect of every leash it is checked that no role runs on two machines, and that the
/// epochs at which a role runs only grow.
/// </summary>
internal sealed class SimulatedCluster : IAsyncDisposable
{
    private readonly SimulationRun _simulation;
    private readonly Dictionary<string, (RoleEpoch Epoch, SimulatedNode Node)> _newest = [];

    public SimulatedCluster(SimulationRun simulation, params string[] names)
    {
        _simulation = simulation;
        Memory = new MemoryClusterStore();
        Nodes = names.ToImmutableSortedDictionary(name => name, name => new SimulatedNode(simulation, new NodeName(name), Memory, Happened));
        Registry = new ClusterRegistry(Memory);
    }

    public MemoryClusterStore Memory { get; }

    /// <summary>Gets the store as an onlooker sees it who is never cut off.</summary>
    public ClusterRegistry Registry { get; }

    public ImmutableSortedDictionary<string, SimulatedNode> Nodes { get; }

    public SimulatedNode this[string node] => Nodes[node];

    /// <summary>Founds a cluster, starts every agent, and declares roles of one process each.</summary>
    public static async Task<SimulatedCluster> StartAsync(SimulationRun simulation, string[] nodes, params string[] roles)
    {
        var cluster = new SimulatedCluster(simulation, nodes);
        await cluster.FoundAsync();
        foreach (var node in cluster.Nodes.Values) await node.StartAgentAsync();
        await simulation.Until(() => cluster.Nodes.Values.All(node => node.Agent!.Keeper.Holds), TimeSpan.FromSeconds(3), "every node has a lease");
        foreach (var role in roles) await cluster.DeclareAsync(RoleOf(role));
        return cluster;
    }

    public async Task FoundAsync()
    {
        await WriteAsync(RegistryKeys.Settings, new ClusterSettings { Id = "id", Name = "simulated", Profile = "lan", Generation = 1 }, RegistryJson.Default.ClusterSettings);
        foreach (var node in Nodes.Values)
        {
            await WriteAsync(RegistryKeys.Node(node.Name), new NodeRecord
            {
                Name = node.Name, Kind = NodeKind.Member, Voter = true, Address = "", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "",
            }, RegistryJson.Default.NodeRecord);
        }
    }

    /// <summary>A role of one process, started with a plain command.</summary>
    public static RoleSpec RoleOf(string name) => new()
    {
        Name = new RoleName(name), Failovers = new Budget(100, TimeSpan.FromHours(1)), Restarts = new Budget(100, TimeSpan.FromHours(1)),
        Resources = [new ResourceSpec { Name = new("main"), Type = "process", Properties = ImmutableSortedDictionary<string, PropertyValue>.Empty.Add("command", PropertyValue.Of(["/usr/bin/service"])) }],
    };

    public async Task DeclareAsync(RoleSpec role)
    {
        await WriteAsync(RegistryKeys.Role(role.Name), role, RegistryJson.Default.RoleSpec);
        if (View().Placements.ContainsKey(role.Name)) return;
        await WriteAsync(RegistryKeys.Placement(role.Name), Placement.Unplaced(role.Name), RegistryJson.Default.Placement);
    }

    /// <summary>Writes a record whatever it was before.</summary>
    public Task WriteAsync<T>(string key, T record, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        Memory.CommitAsync(new([], [new(key, RegistryJson.Encode(record, type))]), CancellationToken.None);

    /// <summary>What is in the store now.</summary>
    public ClusterView View() => Registry.ReadAsync(CancellationToken.None).Result; // The memory store answers at once.

    public Placement PlacementOf(string role) => View().Placements[new(role)].Value;

    /// <summary>The node on which a role runs now; null when on none.</summary>
    public string? RunsOn(string role) => Nodes.Values.FirstOrDefault(node => node.Leash.Running.Any(unit => unit.Warrant.Role == role))?.Name.Value;

    /// <summary>Whether a role is reported online by the node on which it runs.</summary>
    public bool IsServed(string role)
    {
        var view = View();
        return RunsOn(role) is { } node && view.Placements[new(role)].Value is { Phase: PlacementPhase.Assigned } placement && placement.Owner?.Value == node
            && view.Statuses.TryGetValue(new(role), out var status) && status.Value.Epoch == placement.Epoch && status.Value.State == OnlineState.Online;
    }

    public Task UntilServed(string role, TimeSpan within) => _simulation.Until(() => IsServed(role), within, $"role {role} is served");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes.Values)
        {
            node.Agent?.Kill();
            node.Leash.PowerOff();
        }

        foreach (var node in Nodes.Values) node.Dispose();
        await Memory.DisposeAsync();
    }

    private void Happened(SimulatedNode node, SimulatedUnit unit)
    {
        if (!unit.Runs || unit.Warrant.Role is not { } role) return;
        if (Nodes.Values.FirstOrDefault(other => other != node && other.Leash.Running.Any(running => running.Warrant.Role == role)) is { } second)
            _simulation.Fail(new InvalidOperationException($"Role {role} runs on {second.Name} and on {node.Name} at the same time."));
        if (_newest.TryGetValue(role, out var newest) && (unit.Warrant.Epoch.CompareTo(newest.Epoch) < 0 || (unit.Warrant.Epoch == newest.Epoch && newest.Node != node)))
            _simulation.Fail(new InvalidOperationException($"Role {role} is started on {node.Name} at epoch {unit.Warrant.Epoch}, after epoch {newest.Epoch} on {newest.Node.Name}."));
        _newest[role] = (unit.Warrant.Epoch, node);
    }
}
