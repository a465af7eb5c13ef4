using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>Where everything would be after something happened.</summary>
/// <param name="Placements">Every placement, once the cluster has come to rest.</param>
/// <param name="Moved">The roles whose owner is another than before, by name.</param>
/// <param name="Waiting">The roles that would not be where they shall be, and why.</param>
/// <param name="Quorum">The votes that are left.</param>
public sealed record WhatIfOutcome(
    ImmutableSortedDictionary<RoleName, Placement> Placements,
    ImmutableArray<RoleName> Moved,
    ImmutableSortedDictionary<RoleName, Because> Waiting,
    StoreQuorum Quorum);

/// <summary>Runs the planner on a state that is not there: the same rules, nothing committed.</summary>
public static class WhatIf
{
    // Far more than any plan needs: every round settles a start tier, or as much of it as fits into one commit, or one move of the load spread.
    private const int MostRounds = 200;

    /// <summary>Returns what would become of the roles if these nodes fell silent now and everything else worked.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public static WhatIfOutcome NodesLost(ClusterView view, Observations seen, params ImmutableArray<NodeName> lost)
    {
        foreach (var node in lost) RequireNode(view, node);
        return Lost(view, seen, lost, confirmed: false);
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

        if (!StoreQuorum.Of(view, owner).Holds) return null;
        // Who takes it first; where spreading the load brings it later is another question.
        return AtRest(Without(view, [owner], confirmed: true), AllHeard(view, seen)).Placements[role].Value.History
            .LastOrDefault(decision => decision.Epoch > now.Value.Epoch && decision.Phase == PlacementPhase.Assigned)?.Owner;
    }

    /// <summary>Returns what would happen if a node were drained, switched off and came back: whether it may be, what moves, and what is without a second place meanwhile.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public static RebootOutlook Reboot(ClusterView view, Observations seen, NodeName node)
    {
        var record = RequireNode(view, node);
        var heard = AllHeard(view, seen);
        var draining = view with { Nodes = view.Nodes.SetItem(node, new(record with { Intent = NodeIntent.Draining }, view.Revision + 1)), Revision = view.Revision + 1 };
        var drained = AtRest(draining, heard);
        var away = OutcomeOf(view, AtRest(Without(drained, [node], confirmed: true), heard), heard, StoreQuorum.Of(view, node));
        var stay = Planner.Plan(drained, heard).Waiting.Where(waiting => OwnerIn(drained, waiting.Key) == node).ToImmutableSortedDictionary();
        var before = Uncovered(view, heard, []);
        var after = away.Quorum.Holds ? Uncovered(drained, heard, [node]) : [];
        return new(
            node, away.Quorum,
            [.. drained.Placements.Where(p => OwnerIn(view, p.Key) == node && !p.Value.Value.IsFree && p.Value.Value.Owner != node).Select(p => (p.Key, p.Value.Value.Owner!.Value))],
            stay, [.. after.Except(before).Where(role => !stay.ContainsKey(role))], before);
    }

    /// <summary>Returns what would become of the roles for each node and each pair of nodes lost at once: the two-failure map. Lazily, since there may be many pairs.</summary>
    public static IEnumerable<(ImmutableArray<NodeName> Lost, WhatIfOutcome Outcome)> Failures(ClusterView view, Observations seen)
    {
        var nodes = view.Nodes.Values.Where(node => node.Value is { Intent: not NodeIntent.Evicted, Kind: not NodeKind.Client } && view.IsThere(node.Value.Name)).Select(node => node.Value.Name).ToList();
        var sets = nodes.Select(one => (ImmutableArray<NodeName>)[one]).Concat(nodes.SelectMany((one, index) => nodes.Skip(index + 1).Select(other => (ImmutableArray<NodeName>)[one, other])));
        foreach (var lost in sets) yield return (lost, Lost(view, seen, lost, confirmed: false));
    }

    private static NodeRecord RequireNode(ClusterView view, NodeName node) =>
        view.Nodes.TryGetValue(node, out var record) && record.Value.Intent != NodeIntent.Evicted ? record.Value
            : throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"There is no node '{node}'.", "'holdfast node list' shows the nodes.");

    private static WhatIfOutcome Lost(ClusterView view, Observations seen, ImmutableArray<NodeName> lost, bool confirmed, bool spread = true)
    {
        var (quorum, heard) = (StoreQuorum.Of(view, [.. lost]), AllHeard(view, seen));
        return OutcomeOf(view, quorum.Holds ? AtRest(Without(view, lost, confirmed), heard, spread) : view, heard, quorum);
    }

    /// <summary>The roles that are where they shall be, and would not be if their owner were lost too.</summary>
    private static ImmutableSortedSet<RoleName> Uncovered(ClusterView view, Observations heard, ImmutableArray<NodeName> away)
    {
        var uncovered = ImmutableSortedSet.CreateBuilder<RoleName>();
        foreach (var owned in view.Placements.Values.Select(p => p.Value).Where(p => p is { IsFree: false, Owner: not null } && view.Roles.ContainsKey(p.Role)).GroupBy(p => p.Owner!.Value))
        {
            // An operator's word is a second place that has to be asked for, not one that is missing.
            var outcome = away.Contains(owned.Key) ? null : Lost(view, heard, [.. away, owned.Key], confirmed: true, spread: false);
            uncovered.UnionWith(owned.Select(p => p.Role).Where(role => outcome?.Waiting.ContainsKey(role) == true));
        }

        return uncovered.ToImmutable();
    }

    private static WhatIfOutcome OutcomeOf(ClusterView before, ClusterView after, Observations heard, StoreQuorum quorum) => new(
        after.Placements.ToImmutableSortedDictionary(p => p.Key, p => p.Value.Value),
        [.. after.Placements.Where(p => OwnerIn(before, p.Key) != OwnerIn(after, p.Key)).Select(p => p.Key)],
        quorum.Holds ? Planner.Plan(after, heard).Waiting
            : after.Roles.Values.Where(role => role.Value is { Desired: DesiredState.Online, Deleting: false }).ToImmutableSortedDictionary(role => role.Value.Name, _ => Because.Of("no-quorum", quorum.ToString())),
        quorum);

    /// <param name="after">What happened.</param>
    /// <param name="watching">What is seen of it.</param>
    /// <param name="spread">Until loads are spread too: each move of that is a round, and who only asks whether everything has a place need not wait for it.</param>
    private static ClusterView AtRest(ClusterView after, Observations watching, bool spread = true)
    {
        for (var round = 0; round < MostRounds && Planner.Plan(after, watching).Steps is { IsEmpty: false } steps; round++)
        {
            if (!spread && steps.All(step => step is PlanStep.Place { Next.Kind: ChangeKind.LoadSpread })) break;
            after = steps.Aggregate(after, (v, step) => v.Apply(step, v.Revision + 1));
            var judgement = LeaseJudgement.Of(after, watching);
            after = after.Placements.Values.Aggregate(after, (v, placement) => OwnerDoesItsPart(v, judgement, placement.Value));
        }

        return after;
    }

    private static NodeName? OwnerIn(ClusterView view, RoleName role) => view.Placements.TryGetValue(role, out var placement) ? placement.Value.Owner : null;

    private static ClusterView Without(ClusterView view, ImmutableArray<NodeName> lost, bool confirmed) => lost.Aggregate(view, (v, node) =>
        v.IsThere(node)
            ? v with { Leases = v.Leases.SetItem(node, new(v.Leases[node].Value with { State = LeaseState.Ended, EndedClean = false, ConfirmedDown = confirmed }, v.Revision + 1)), Revision = v.Revision + 1 }
            : v);

    // The question is about the cluster, not about a renewal that happens to be late at this instant.
    private static Observations AllHeard(ClusterView view, Observations seen) =>
        seen with { Leases = view.Leases.ToImmutableDictionary(l => l.Key, l => new LeaseObservation(l.Value.Revision, seen.Now)) };

    private static ClusterView OwnerDoesItsPart(ClusterView view, LeaseJudgement judgement, Placement placement)
    {
        if (placement.IsFree || placement.Owner is not { } owner || judgement.FateOfOwner(placement) is not null) return view;

        var revision = view.Revision + 1;
        if (placement.Phase == PlacementPhase.Releasing)
        {
            return view with { Placements = view.Placements.SetItem(placement.Role, new(placement with { Phase = PlacementPhase.Released }, revision)), Revision = revision };
        }

        if (view.Statuses.TryGetValue(placement.Role, out var said) && said.Value is { State: OnlineState.Online, GivenUp: false } && said.Value.Epoch == placement.Epoch && said.Value.Node == owner) return view;
        var status = new RoleStatus { Role = placement.Role, Node = owner, Epoch = placement.Epoch, State = OnlineState.Online, Reason = "what-if" };
        return view with { Statuses = view.Statuses.SetItem(placement.Role, new(status, revision)), Revision = revision };
    }
}
