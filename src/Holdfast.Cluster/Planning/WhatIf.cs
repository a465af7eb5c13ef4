using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>Where everything would be after something happened.</summary>
/// <param name="Placements">Every placement, once the cluster has come to rest.</param>
/// <param name="Moved">The roles whose owner is another than before, by name.</param>
/// <param name="Waiting">The roles that would not be where they shall be, and why.</param>
public sealed record WhatIfOutcome(
    ImmutableSortedDictionary<RoleName, Placement> Placements,
    ImmutableArray<RoleName> Moved,
    ImmutableSortedDictionary<RoleName, Because> Waiting);

/// <summary>Runs the planner on a state that is not there: the same rules, nothing committed.</summary>
public static class WhatIf
{
    // Far more than any plan needs: every round settles at least one start tier, or one move of the load spread.
    private const int MostRounds = 200;

    /// <summary>Returns what would become of the roles if these nodes fell silent now and everything else worked.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public static WhatIfOutcome NodesLost(ClusterView view, Observations seen, params ImmutableArray<NodeName> lost)
    {
        foreach (var node in lost.Where(node => !view.Nodes.ContainsKey(node)))
        {
            throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"There is no node '{node}'.", "'holdfast node list' shows the nodes.");
        }

        return AtRest(view, Without(view, lost, confirmed: false), AllHeard(view, seen));
    }

    /// <summary>
    /// Returns which node would own a role next if its present owner ended now, and that were known where it must be; null when nobody
    /// would. For a role without an owner it is the best candidate.
    /// </summary>
    public static NodeName? NextOwner(ClusterView view, Observations seen, RoleName role)
    {
        if (!view.Placements.TryGetValue(role, out var now) || now.Value is not { IsFree: false, Owner: { } owner })
        {
            return Planner.Candidates(view, seen, role).FirstOrDefault(candidate => candidate.Eligible)?.Node;
        }

        // Who takes it first; where spreading the load brings it later is another question.
        return AtRest(view, Without(view, [owner], confirmed: true), AllHeard(view, seen)).Placements[role].History
            .LastOrDefault(decision => decision.Epoch > now.Value.Epoch && decision.Phase == PlacementPhase.Assigned)?.Owner;
    }

    private static WhatIfOutcome AtRest(ClusterView view, ClusterView after, Observations watching)
    {
        for (var round = 0; round < MostRounds && Planner.Plan(after, watching).Steps is { IsEmpty: false } steps; round++)
        {
            after = steps.Aggregate(after, (v, step) => v.Apply(step, v.Revision + 1));
            after = after.Placements.Values.Aggregate(after, (v, placement) => OwnerDoesItsPart(v, watching, placement.Value));
        }

        return new(
            after.Placements.ToImmutableSortedDictionary(p => p.Key, p => p.Value.Value),
            [.. after.Placements.Where(p => OwnerIn(view, p.Key) != OwnerIn(after, p.Key)).Select(p => p.Key)],
            Planner.Plan(after, watching).Waiting);
    }

    private static NodeName? OwnerIn(ClusterView view, RoleName role) => view.Placements.TryGetValue(role, out var placement) ? placement.Value.Owner : null;

    private static ClusterView Without(ClusterView view, ImmutableArray<NodeName> lost, bool confirmed) => lost.Aggregate(view, (v, node) =>
        v.Leases.TryGetValue(node, out var lease) && lease.Value.State != LeaseState.Ended
            ? v with { Leases = v.Leases.SetItem(node, new(lease.Value with { State = LeaseState.Ended, EndedClean = false, ConfirmedDown = confirmed }, v.Revision + 1)), Revision = v.Revision + 1 }
            : v);

    // The question is about the cluster, not about a renewal that happens to be late at this instant.
    private static Observations AllHeard(ClusterView view, Observations seen) =>
        seen with { Leases = view.Leases.ToImmutableDictionary(l => l.Key, l => new LeaseObservation(l.Value.Revision, seen.Now)) };

    private static ClusterView OwnerDoesItsPart(ClusterView view, Observations seen, Placement placement)
    {
        if (placement.IsFree || placement.Owner is not { } owner || LeaseJudgement.Of(view, seen).FateOfOwner(placement) is not null) return view;

        var revision = view.Revision + 1;
        if (placement.Phase == PlacementPhase.Releasing)
        {
            return view with { Placements = view.Placements.SetItem(placement.Role, new(placement with { Phase = PlacementPhase.Released }, revision)), Revision = revision };
        }

        var status = new RoleStatus { Role = placement.Role, Node = owner, Epoch = placement.Epoch, State = OnlineState.Online, Reason = "what-if" };
        return view with { Statuses = view.Statuses.SetItem(placement.Role, new(status, revision)), Revision = revision };
    }
}
