using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Machines;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Clusters;

/// <summary>
/// Looks at every effect of every machine and at every commit, and ends the simulation when an invariant breaks: no two live
/// owners of a role, no effect at an epoch older than one already seen, no epoch and no incarnation that goes back, and no machine
/// that runs two roles which are kept apart.
/// </summary>
internal sealed class OwnershipChecker(SimulationRun simulation, IReadOnlyList<SimulatedNode> machines)
{
    private readonly Dictionary<string, (RoleEpoch Epoch, SimulatedNode Node)> _newest = [];
    private readonly Dictionary<string, Epoch> _placed = [];
    private readonly Dictionary<string, long> _incarnations = [];
    private readonly HashSet<(string, string)> _apart = [];

    /// <summary>Gets how often a role began to run on another machine than before.</summary>
    public int Takeovers { get; private set; }

    /// <summary>Gets how many incarnations were registered.</summary>
    public int Incarnations { get; private set; }

    /// <summary>Two roles must never run on one machine.</summary>
    public void KeepApart(string one, string other) => _apart.UnionWith([(one, other), (other, one)]);

    /// <summary>An effect took hold, or is gone.</summary>
    public void Happened(SimulatedNode node, SimulatedUnit unit)
    {
        if (!unit.Runs || unit.Warrant.Role is not { } role || node.Kernel.IsFrozen) return;
        foreach (var other in machines)
        {
            if (other == node || other.Kernel.IsFrozen) continue;
            foreach (var running in other.Kernel.Running)
            {
                if (running.Warrant.Role == role) simulation.Fail($"Role {role} runs on {other.Label} (epoch {running.Warrant.Epoch}) and on {node.Label} (epoch {unit.Warrant.Epoch}) at the same time.");
            }
        }

        foreach (var running in node.Kernel.Running)
        {
            if (running.Warrant.Role is { } near && _apart.Contains((role, near))) simulation.Fail($"Role {role} (epoch {unit.Warrant.Epoch}) runs on {node.Label} beside {near} (epoch {running.Warrant.Epoch}), which it is kept apart from.");
        }

        if (_newest.TryGetValue(role, out var newest))
        {
            if (unit.Warrant.Epoch.CompareTo(newest.Epoch) < 0 || (unit.Warrant.Epoch == newest.Epoch && newest.Node != node))
                simulation.Fail($"Role {role} acts on {node.Label} at epoch {unit.Warrant.Epoch}, after epoch {newest.Epoch} on {newest.Node.Label}.");
            if (newest.Node != node) Takeovers++;
        }

        _newest[role] = (unit.Warrant.Epoch, node);
    }

    /// <summary>Something was committed.</summary>
    public void Committed(StoreTransaction transaction)
    {
        foreach (var (key, value) in transaction.Writes)
        {
            if (value is not { } record) continue;
            if (key.StartsWith(RegistryKeys.Placements, StringComparison.Ordinal))
            {
                var placement = RegistryJson.Decode(record, RegistryJson.Default.Placement);
                if (_placed.TryGetValue(key, out var before) && placement.Epoch < before) simulation.Fail($"The epoch of role {placement.Role} went back from {before} to {placement.Epoch}.");
                _placed[key] = placement.Epoch;
            }
            else if (key.StartsWith(RegistryKeys.Leases, StringComparison.Ordinal))
            {
                var lease = RegistryJson.Decode(record, RegistryJson.Default.LeaseRecord);
                var before = _incarnations.GetValueOrDefault(key);
                if (lease.Incarnation < before) simulation.Fail($"The incarnation of node {lease.Node} went back from {before} to {lease.Incarnation}.");
                if (lease.Incarnation > before) Incarnations++;
                _incarnations[key] = lease.Incarnation;
            }
        }
    }
}
