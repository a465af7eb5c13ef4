using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning.Rules;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>What people ask for by hand, checked against the same judgement that the planner uses.</summary>
internal static class RoleRequests
{
    public static RoleState Require(ClusterView view, RoleName role) =>
        RoleState.TryRead(view, role, out var state)
            ? state
            : throw new HoldfastException(ErrorKind.NotFound, "role.not-found", $"There is no role '{role}'.", "'holdfast role list' shows the roles.");

    public static ImmutableArray<Contender> Candidates(ClusterView view, Observations seen, RoleState role, LeaseJudgement judgement)
    {
        var roles = RoleState.InOrder(view).ToList();
        var loads = LoadMap.Of(roles, judgement);
        return CandidateRanking.Rank(role, judgement, loads, new Relations(roles, judgement, loads), seen.Wall);
    }

    public static PlanStep.Place Move(ClusterView view, Observations seen, RoleName name, NodeName? to)
    {
        var role = Require(view, name);
        var judgement = LeaseJudgement.Of(view, seen);
        RequireNoMaintenance(view, role.Spec, seen.Wall);
        var owner = RequireMovable(role, judgement);
        if (to is { } named && !view.Nodes.ContainsKey(named))
        {
            throw new HoldfastException(ErrorKind.NotFound, "node.not-found", $"There is no node '{named}'.", "'holdfast node list' shows the nodes.");
        }

        var candidates = Candidates(view, seen, role, judgement);
        var chosen = to is { } node
            ? candidates.Single(c => c.Node == node)
            : candidates.FirstOrDefault(c => c.Eligible && c.Node != owner)
                ?? throw new HoldfastException(ErrorKind.Conflict, "role.nowhere-to-go",
                    $"No other node can take {name}: {string.Join("; ", candidates.Where(c => c.Node != owner))}.", $"'holdfast role explain {name}' shows why.");
        if (chosen.Node == owner) throw NotEligible(name, $"{chosen.Node} owns {name} already.");
        if (!chosen.Eligible) throw NotEligible(name, $"{chosen.Node} cannot take {name}: it {chosen.WhyNot}.");

        var because = Because.Of("planned-move", $"Somebody asked to move {name} from {owner} to {chosen.Node}.", $"{chosen}");
        var next = role.Placement.Value.Releasing(ChangeKind.PlannedMove, chosen.Node).Remembering(because, seen.Wall);
        return new(next, role.Placement.Revision, LostOwner: null, because);
    }

    public static PlanStep.Place Failback(ClusterView view, Observations seen, RoleName name)
    {
        var role = Require(view, name);
        RequireNoMaintenance(view, role.Spec, seen.Wall);
        var judgement = LeaseJudgement.Of(view, seen);
        var owner = RequireMovable(role, judgement);
        var standing = CandidateRanking.PreferenceOf(role.Spec, owner);
        var better = role.Spec.PreferredOwners.Take(standing).ToList();
        var candidates = Candidates(view, seen, role, judgement).Where(c => better.Contains(c.Node)).ToList();
        var chosen = candidates.Where(c => c.Eligible).MinBy(c => CandidateRanking.PreferenceOf(role.Spec, c.Node))
            ?? throw new HoldfastException(ErrorKind.Conflict, "role.nowhere-better",
                better.Count == 0 ? $"{name} has no owner that it prefers to {owner}." : $"No owner that {name} prefers to {owner} can take it: {string.Join("; ", candidates)}.", $"'holdfast role explain {name}' shows why.");

        var because = Because.Of("failback", $"Somebody asked to take {name} back from {owner} to {chosen.Node}.", $"{chosen}");
        return new(role.Placement.Value.Releasing(ChangeKind.Failback, chosen.Node).Remembering(because, seen.Wall), role.Placement.Revision, LostOwner: null, because);
    }

    public static PlanStep.Place Stay(ClusterView view, Observations seen, RoleName name)
    {
        var role = Require(view, name);
        RequireNoMaintenance(view, role.Spec, seen.Wall);
        var owner = RequireMovable(role, LeaseJudgement.Of(view, seen));
        var because = Because.Of("stay", $"Somebody said that {name} stays on {owner}: it is not taken back until its owner changes for another reason.");
        return new((role.Placement.Value with { Kind = ChangeKind.PlannedMove }).Remembering(because, seen.Wall), role.Placement.Revision, LostOwner: null, because);
    }

    public static PlanStep.Place RestartAfterFailure(ClusterView view, RoleName name, DateTimeOffset wall)
    {
        var role = Require(view, name);
        RequireNoMaintenance(view, role.Spec, wall);
        if (role.Placement.Value.Phase != PlacementPhase.Failed)
        {
            throw new HoldfastException(ErrorKind.Conflict, "role.not-failed", $"{name} is not failed.", $"'holdfast role explain {name}' shows what it is doing.");
        }

        var because = Because.Of("start-again", $"Somebody asked to start {name} again after it had failed too often.");
        var next = (role.Placement.Value.Released(ChangeKind.FirstStart) with { Failures = [] }).Remembering(because, wall);
        return new(next, role.Placement.Revision, LostOwner: null, because);
    }

    /// <summary>What is asked for by hand in a maintenance would only be done when that is over; so it is refused, and the way out is named.</summary>
    /// <exception cref="HoldfastException">Code <c>role.in-maintenance</c>.</exception>
    public static void RequireNoMaintenance(ClusterView view, RoleSpec role, DateTimeOffset now)
    {
        if (MaintenanceMode.Of(view, role, now) is { } mode)
            throw new HoldfastException(ErrorKind.Conflict, "role.in-maintenance", $"{role.Name} {mode.Phrase}: nothing is done about it.", $"End that first: {mode.HowToEnd(role)}");
    }

    private static NodeName RequireMovable(RoleState role, LeaseJudgement judgement)
    {
        if (role.Spec.Mode == RoleMode.Everywhere)
            throw new HoldfastException(ErrorKind.Conflict, "role.everywhere", $"{role.Name.Role} runs on every node that may own it and cannot be moved.", "To keep it off a node, name the others in its possible-owners.");
        var placement = role.Placement.Value;
        if (!role.IsWantedOnline) throw NotOnline(role, "shall be offline", $"Start it where it shall be: holdfast role start {role.Name}");
        return placement switch
        {
            { Phase: PlacementPhase.Failed } => throw NotOnline(role, "failed too often", $"Find the cause, then: holdfast role start {role.Name}"),
            { Phase: PlacementPhase.Releasing } => throw NotOnline(role, $"is being taken offline on {placement.Owner}", "Ask again when it has arrived."),
            { Phase: PlacementPhase.Released } => throw NotOnline(role, "has no owner yet", $"'holdfast role explain {role.Name}' shows why."),
            _ when judgement.FateOfOwner(placement) is { } fate => throw NotOnline(role, $"lost its owner ({fate.Evidence})", "It is being placed by itself; ask again when it has arrived."),
            _ => placement.Owner!.Value,
        };
    }

    private static HoldfastException NotOnline(RoleState role, string why, string hint) =>
        new(ErrorKind.Conflict, "role.not-online", $"{role.Name} cannot be moved: it {why}.", hint);

    private static HoldfastException NotEligible(RoleName role, string message) =>
        new(ErrorKind.Conflict, "node.not-eligible", message, $"'holdfast role standby {role}' shows who could take it.");
}
