using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Planning;

namespace Holdfast.Agent.Planning;

/// <summary>
/// Since when this node has wanted what it wants. A planner that gives way to others counts from there: from the last change of the
/// view, its turn would never come in a cluster that is never quiet.
/// </summary>
internal sealed class StepAges
{
    private Dictionary<(Type Kind, string Subject, long Revision), ClockReading> _since = [];

    /// <summary>How long ago the oldest of these steps was first wanted; what is no longer wanted is forgotten.</summary>
    public TimeSpan OldestOf(IEnumerable<PlanStep> steps, ClockReading now)
    {
        _since = steps.Select(KeyOf).Distinct().ToDictionary(key => key, key => _since.GetValueOrDefault(key, now));
        return _since.Values.Select(now.ObservedSince).DefaultIfEmpty().Max();
    }

    // Where a role would go may change with every look; that it has to go is the step.
    private static (Type Kind, string Subject, long Revision) KeyOf(PlanStep step) => step switch
    {
        PlanStep.EndLease end => (typeof(PlanStep.EndLease), end.Next.Node.Value, end.JudgedRevision),
        PlanStep.Place place => (typeof(PlanStep.Place), place.Next.Role.Value, place.JudgedRevision),
        PlanStep.UpdateRole update => (typeof(PlanStep.UpdateRole), update.Next.Name.Value, update.JudgedRevision),
        PlanStep.UpdateNode update => (typeof(PlanStep.UpdateNode), update.Next.Name.Value, update.JudgedRevision),
        PlanStep.UpdateSettings update => (typeof(PlanStep.UpdateSettings), "", update.JudgedRevision),
        PlanStep.RemoveRole remove => (typeof(PlanStep.RemoveRole), remove.Role.Value, remove.JudgedRevision),
        _ => throw new InvalidOperationException($"Unknown step {step.GetType().Name}."),
    };
}
