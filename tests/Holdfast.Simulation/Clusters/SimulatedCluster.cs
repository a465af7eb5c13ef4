using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Simulation.Mistakes;
using Holdfast.Simulation.Stores;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Holdfast.Store.State;

namespace Holdfast.Simulation.Clusters;

/// <summary>Machines around one store, and somebody who looks at everything they do.</summary>
internal sealed class SimulatedCluster
{
    private readonly SimulationRun _simulation;
    private readonly SimulatedWorld _world;
    private readonly List<SimulatedNode> _machines = [];

    public SimulatedCluster(SimulationRun simulation, params string[] names)
        : this(simulation, Mistake.None, names.ToDictionary(name => name, _ => TimingProfile.Lan))
    {
    }

    /// <summary>Machines by name, each with the timing that its agent and leash go by.</summary>
    public SimulatedCluster(SimulationRun simulation, Mistake mistake, IReadOnlyDictionary<string, TimingProfile> machines)
    {
        _simulation = simulation;
        Checker = new OwnershipChecker(simulation, _machines);
        Store = new SimulatedStore(simulation, transaction =>
        {
            Checker.Committed(transaction);
            Committed(transaction);
        });
        Health = new StoreHealth { CallTimeout = machines.Values.First().CommitTime * 1.5 };
        _world = new SimulatedWorld(Store, Health, mistake, (node, unit) =>
        {
            Checker.Happened(node, unit);
            Happened(node, unit);
        });
        Nodes = machines.ToImmutableSortedDictionary(machine => machine.Key, machine => new SimulatedNode(simulation, new NodeName(machine.Key), _world, machine.Value));
        _machines.AddRange(Nodes.Values);
        Registry = new ClusterRegistry(Store);
    }

    /// <summary>Gets or sets who else looks at every commit.</summary>
    public Action<StoreTransaction> Committed { get; set; } = _ => { };

    /// <summary>Gets or sets who else is told of every effect that takes hold or is gone.</summary>
    public Action<SimulatedNode, SimulatedUnit> Happened { get; set; } = (_, _) => { };

    /// <summary>Has every machine run jobs, with their files in a real folder.</summary>
    /// <param name="wallClockError">By how much the wall clock of each agent is off.</param>
    /// <param name="outliveLeases">Whether they go on after the lease of their node.</param>
    public void RunJobs(string folder, Func<TimeSpan> wallClockError, bool outliveLeases) =>
        (_world.JobFolder, _world.WallClockError, _world.JobsOutliveLeases) = (folder, wallClockError, outliveLeases);

    public SimulatedStore Store { get; }

    public StoreHealth Health { get; }

    public OwnershipChecker Checker { get; }

    /// <summary>Gets how many incarnations were ended by a leash.</summary>
    public int Expiries => _world.Expiries;

    /// <summary>Gets the store as an onlooker sees it who is never cut off.</summary>
    public ClusterRegistry Registry { get; }

    public ImmutableSortedDictionary<string, SimulatedNode> Nodes { get; }

    public SimulatedNode this[string node] => Nodes[node];

    /// <summary>Founds a cluster, starts every agent, and declares roles of one process each.</summary>
    public static Task<SimulatedCluster> StartAsync(SimulationRun simulation, string[] nodes, params string[] roles) => new SimulatedCluster(simulation, nodes).StartAsync(roles.Select(RoleOf));

    /// <summary>Another machine that takes itself for one of these; nothing runs on it yet.</summary>
    public SimulatedNode Clone(string node)
    {
        var clone = new SimulatedNode(_simulation, new NodeName(node), _world, Nodes[node].Profile, $"{node}-clone-{_machines.Count}");
        _machines.Add(clone);
        return clone;
    }

    /// <summary>Founds the cluster, starts every agent, and declares roles.</summary>
    public async Task<SimulatedCluster> StartAsync(IEnumerable<RoleSpec> roles)
    {
        await FoundAsync();
        foreach (var node in Nodes.Values) await node.StartAgentAsync();
        await _simulation.Until(() => Nodes.Values.All(node => node.Agent!.Keeper.Holds), TimeSpan.FromSeconds(30), "every node has a lease");
        foreach (var role in roles) await DeclareAsync(role);
        return this;
    }

    public async Task FoundAsync()
    {
        await WriteAsync(RegistryKeys.Settings, new ClusterSettings { Id = "id", Name = "simulated", Profile = Nodes.Values.First().Profile.Name, Generation = 1 }, RegistryJson.Default.ClusterSettings);
        foreach (var node in Nodes.Values)
        {
            await WriteAsync(RegistryKeys.Node(node.Name), new NodeRecord
            {
                Name = node.Name, Kind = NodeKind.Member, Voter = true, Address = "", ApiPort = 1, Intent = NodeIntent.Active, CertificateFingerprint = "",
            }, RegistryJson.Default.NodeRecord);
        }
    }

    /// <summary>Gets whether the store's copies lag behind what was acknowledged (leases rule 18 not kept).</summary>
    public bool LosesCommits => _world.Mistake == Mistake.LostCommits;

    /// <summary>
    /// Puts the store back to a backup as leases rule 17 demands: shut for as long as any lease can live, every lease ended, and a
    /// generation that no backup has.
    /// </summary>
    public async Task RestoreAsync(StoreState backup)
    {
        var generation = View().Settings!.Generation + 1;
        if (_world.Mistake == Mistake.NaiveRestore)
        {
            Store.GoBackTo(backup);
            return;
        }

        await _simulation.Delay(Nodes.Values.Max(node => node.Profile.LeaseDuration + node.Profile.Margin));
        Store.GoBackTo(backup);
        Store.Rename($"store of generation {generation}");
        var view = View();
        await WriteAsync(RegistryKeys.Settings, view.Settings! with { Generation = generation }, RegistryJson.Default.ClusterSettings);
        foreach (var lease in view.Leases.Values) await WriteAsync(RegistryKeys.Lease(lease.Value.Node), lease.Value with { State = LeaseState.Ended }, RegistryJson.Default.LeaseRecord);
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
        Store.CommitAsync(new([], [new(key, RegistryJson.Encode(record, type))]), CancellationToken.None);

    /// <summary>What is in the store now.</summary>
    public ClusterView View() => Registry.ReadAsync(CancellationToken.None).Result; // The memory store answers at once.

    public Placement PlacementOf(string role) => View().Placements[new(role)].Value;

    /// <summary>The node on which a role runs now; null when on none.</summary>
    public string? RunsOn(string role) => Nodes.Values.FirstOrDefault(node => node.Kernel.Running.Any(unit => unit.Warrant.Role == role))?.Name.Value;

    /// <summary>Whether a role is reported online by the node on which it runs.</summary>
    public bool IsServed(string role)
    {
        var view = View();
        return RunsOn(role) is { } node && view.Placements[new(role)].Value is { Phase: PlacementPhase.Assigned } placement && placement.Owner?.Value == node
            && view.Statuses.TryGetValue(new(role), out var status) && status.Value.Epoch == placement.Epoch && status.Value.State == OnlineState.Online;
    }

    public Task UntilServed(string role, TimeSpan within) => _simulation.Until(() => IsServed(role), within, $"role {role} is served");
}
