using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <summary>A store with compare-and-swap that remembers every view it ever had, so that watchers can lag behind.</summary>
internal sealed class ModelStore(ClusterView first)
{
    private readonly List<ClusterView> _history = [first];

    public ClusterView View => _history[^1];

    public int Position => _history.Count - 1;

    public ClusterView At(int position) => _history[position];

    /// <summary>Writes if every condition holds; returns whether it did. Revisions are positions.</summary>
    public bool Commit(IEnumerable<(bool Holds, string What)> conditions, Func<ClusterView, long, ClusterView> write)
    {
        if (conditions.Any(c => !c.Holds)) return false;
        var revision = View.Revision + 1;
        var next = write(View, revision) with { Revision = revision };
        foreach (var (role, placement) in next.Placements) RequireGrowingEpoch(role, View.Placements.TryGetValue(role, out var old) ? old.Value : null, placement.Value);
        _history.Add(next);
        return true;
    }

    /// <summary>Commits planner steps as one transaction, with the conditions that the guards leave in.</summary>
    public bool CommitSteps(ImmutableArray<PlanStep> steps, long judgedPlannerRevision, Guards guards) =>
        Commit(Conditions(steps, judgedPlannerRevision, guards), (view, revision) => steps.Aggregate(view, (v, step) => v.Apply(step, revision)));

    private IEnumerable<(bool, string)> Conditions(ImmutableArray<PlanStep> steps, long judgedPlannerRevision, Guards guards)
    {
        if (guards.PlannerKey) yield return (View.PlannerRevision == judgedPlannerRevision, "planner");
        foreach (var step in steps)
        {
            switch (step)
            {
                case PlanStep.EndLease end when guards.LeaseCondition:
                    yield return (View.Leases[end.Next.Node].Revision == end.JudgedRevision, "lease");
                    break;
                case PlanStep.Place place:
                    if (guards.PlacementCondition) yield return (RevisionOf(place.Next.Role) == place.JudgedRevision, "placement");
                    if (guards.LeaseCondition && place.LostOwner is { } lost) yield return (View.Leases[lost.Node].Revision == lost.Revision, "lost owner");
                    break;
                case PlanStep.RemoveRole remove:
                    yield return (View.Roles.TryGetValue(remove.Role, out var role) && role.Revision == remove.JudgedRevision && RevisionOf(remove.Role) == remove.JudgedPlacementRevision, "role");
                    break;
            }
        }
    }

    private long RevisionOf(RoleName role) => View.Placements.TryGetValue(role, out var placement) ? placement.Revision : 0;

    private static void RequireGrowingEpoch(RoleName role, Placement? before, Placement after)
    {
        if (before is null || before == after) return;
        if (after.Epoch < before.Epoch) throw new ModelViolation($"the epoch of {role} went from {before.Epoch} back to {after.Epoch}");
        var sameOwner = before.Owner == after.Owner && before.OwnerIncarnation == after.OwnerIncarnation;
        if (!sameOwner && after.Epoch == before.Epoch) throw new ModelViolation($"{role} changed its owner within epoch {after.Epoch}");
        if (after.Phase == PlacementPhase.Assigned && before.IsFree && after.Epoch == before.Epoch) throw new ModelViolation($"{role} was assigned again within epoch {after.Epoch}");
    }
}

/// <summary>A rule of the protocol was broken.</summary>
internal sealed class ModelViolation(string message) : Exception(message);
