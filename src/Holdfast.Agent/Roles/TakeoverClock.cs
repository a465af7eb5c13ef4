using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Roles;

/// <summary>
/// Remembers, on this node's own clock, when each owner was last heard of and when each role was told to leave: who takes a role over
/// can then say how long all of it took, and no two clocks are compared.
/// </summary>
internal sealed class TakeoverClock
{
    private readonly Dictionary<NodeName, ClockReading> _heard = [];
    private readonly Dictionary<RoleName, (Epoch Epoch, NodeName Owner, ClockReading? Leaving)> _owned = [];
    private ImmutableSortedDictionary<RoleName, Versioned<Placement>>? _seen;

    /// <summary>Since when the role has been on its way to this placement's owner; null when its owner before was never seen here. Ask before <see cref="See"/> of the same state.</summary>
    public ClockReading? Since(Placement placement) =>
        !_owned.TryGetValue(placement.Role, out var before) || before.Epoch >= placement.Epoch ? null
        : placement.Kind == ChangeKind.NodeLost ? _heard.TryGetValue(before.Owner, out var heard) ? heard : null
        : before.Leaving;

    /// <summary>Takes in what the store shows now.</summary>
    public void See(FeedState state, ClockReading now)
    {
        foreach (var (node, lease) in state.View.Leases)
        {
            if (lease.Value.State == LeaseState.Live && state.Sightings.TryGetValue(node, out var sighting)) _heard[node] = sighting.FirstSeen;
        }

        if (ReferenceEquals(state.View.Placements, _seen)) return; // Nearly always: only leases are renewed.
        _seen = state.View.Placements;
        foreach (var (role, placement) in state.View.Placements)
        {
            if (placement.Value.Owner is not { } owner) continue;
            var known = _owned.TryGetValue(role, out var before) && before.Epoch == placement.Value.Epoch ? before.Leaving : null;
            _owned[role] = (placement.Value.Epoch, owner, known ?? (placement.Value.Phase == PlacementPhase.Releasing ? now : null));
        }
    }
}
