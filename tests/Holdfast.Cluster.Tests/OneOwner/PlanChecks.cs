using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <summary>What must hold of any plan on any input, written without the planner's own code.</summary>
internal static class PlanChecks
{
    public static void RequireSound(ClusterView view, Observations seen, Plan plan)
    {
        Require(plan == Planner.Plan(view, seen) || Same(plan, Planner.Plan(view, seen)), "the same input gave two plans");
        Require(plan.LookAgainIn is null || plan.LookAgainIn >= TimeSpan.FromMilliseconds(1), "the planner would spin");
        foreach (var end in plan.Steps.OfType<PlanStep.EndLease>())
        {
            var lease = view.Leases[end.Next.Node];
            Require(end.JudgedRevision == lease.Revision && IsSilent(lease, seen), $"the lease of {end.Next.Node} was ended too soon");
            Require(end.Next == lease.Value with { State = LeaseState.Ended, EndedClean = false, ConfirmedDown = end.Next.ConfirmedDown }, "more than the state of a lease was changed");
        }

        var places = plan.Steps.OfType<PlanStep.Place>().ToList();
        Require(places.Select(p => p.Next.Role).Distinct().Count() == places.Count, "a role was placed twice in one plan");
        foreach (var place in places) RequireSound(view, seen, place);
        RequireApart(view, seen, places);
    }

    private static void RequireSound(ClusterView view, Observations seen, PlanStep.Place place)
    {
        var (role, next) = (place.Next.Role, place.Next);
        var before = view.Placements.TryGetValue(role, out var placement) ? placement : new(Placement.Unplaced(role), 0);
        Require(place.JudgedRevision == before.Revision, $"{role} was judged at another revision");
        Require(next.History[0].Because == place.Because && next.History.Length <= Placement.HistoryLength, $"{role} forgot why");

        var lost = IsLost(view, seen, before.Value);
        RequireLeftAlone(view, seen, before.Value);
        if (next.Phase != PlacementPhase.Releasing && !before.Value.IsFree)
        {
            Require(lost, $"{role} was taken from {before.Value.Owner}, which still holds its lease");
            Require(place.LostOwner == new JudgedLease(before.Value.Owner!.Value, view.Leases[before.Value.Owner.Value].Revision), $"{role} does not name the lease that freed it");
        }

        if (next.Phase == PlacementPhase.Assigned) RequireGoodOwner(view, seen, before.Value, next);
        else Require(next.Epoch == before.Value.Epoch && next.Owner == before.Value.Owner, $"{role} changed its owner without being assigned");
    }

    /// <summary>No role is given to a node where one runs, or is given to at the same time, that it is kept apart from.</summary>
    private static void RequireApart(ClusterView view, Observations seen, List<PlanStep.Place> places)
    {
        var given = places.Where(place => place.Next.Phase == PlacementPhase.Assigned).Select(place => place.Next).ToList();
        foreach (var next in given)
        {
            Require(!given.Any(other => other.Owner == next.Owner && Company.AreApart(view, next.Role, other.Role)), $"{next.Role} and one that it is kept apart from are both given to {next.Owner}");
            Require(!view.Placements.Values.Any(other => Company.AreApart(view, next.Role, other.Value.Role) && Company.IsOn(view, other.Value.Role, next.Owner!.Value) && !IsLost(view, seen, other.Value)),
                $"{next.Role} is given to {next.Owner}, where one runs that it is kept apart from");
        }
    }

    /// <summary>In maintenance only what was on its way between two owners is finished.</summary>
    private static void RequireLeftAlone(ClusterView view, Observations seen, Placement before)
    {
        bool Holds(Maintenance? maintenance) => maintenance is not null && seen.Wall < maintenance.Until;
        if (!Holds(view.Settings?.Maintenance) && !(view.Roles.TryGetValue(before.Role.Role, out var role) && Holds(role.Value.Maintenance))) return;
        Require(before is { Phase: PlacementPhase.Released, Owner: not null } && before.Kind is not (ChangeKind.FirstStart or ChangeKind.Stop), $"{before.Role} is in maintenance and was not left alone");
    }

    private static void RequireGoodOwner(ClusterView view, Observations seen, Placement before, Placement next)
    {
        var spec = view.Roles[next.Role.Role].Value;
        var owner = next.Owner!.Value;
        Require(spec.Mode == RoleMode.Everywhere ? next.Role.Node == owner : next.Role.Node is null, $"{next.Role} is given to {owner}");
        Require(next.Epoch > before.Epoch, $"the epoch of {next.Role} did not grow");
        Require(spec is { Desired: DesiredState.Online, Deleting: false }, $"{next.Role} shall not be online");
        Require(spec.PossibleOwners.IsEmpty || spec.PossibleOwners.Contains(owner), $"{owner} is not possible");
        Require(view.Nodes.TryGetValue(owner, out var node) && node.Value is { Intent: NodeIntent.Active, Kind: NodeKind.Member or NodeKind.Client }, $"{owner} may not be given roles");
        Require(view.Leases.TryGetValue(owner, out var lease) && lease.Value.State == LeaseState.Live && lease.Value.Incarnation == next.OwnerIncarnation, $"{owner} is not up");
        Require(Age(lease, seen) < lease.Value.Duration / 2, $"{owner} is late");
    }

    private static bool IsLost(ClusterView view, Observations seen, Placement placement) =>
        placement.Owner is { } owner && view.Leases.TryGetValue(owner, out var lease)
        && (lease.Value.Incarnation > placement.OwnerIncarnation
            || (lease.Value.Incarnation == placement.OwnerIncarnation && (lease.Value.State == LeaseState.Ended || IsSilent(lease, seen))));

    private static bool IsSilent(Versioned<LeaseRecord> lease, Observations seen) =>
        lease.Value.State != LeaseState.Ended && Age(lease, seen) >= lease.Value.Duration + lease.Value.Margin;

    private static TimeSpan? Age(Versioned<LeaseRecord> lease, Observations seen)
    {
        if (!seen.Leases.TryGetValue(lease.Value.Node, out var observation) || observation.Revision != lease.Revision) return null;
        var (boot, raw) = (seen.Now.Boot - observation.FirstSeen.Boot, seen.Now.Raw - observation.FirstSeen.Raw);
        return boot < raw ? boot : raw;
    }

    private static bool Same(Plan one, Plan other) =>
        one.Steps.SequenceEqual(other.Steps) && one.LookAgainIn == other.LookAgainIn && one.Waiting.SequenceEqual(other.Waiting);

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ModelViolation(otherwise);
    }
}
