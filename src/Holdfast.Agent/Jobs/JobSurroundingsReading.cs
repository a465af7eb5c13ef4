using System.Collections.Immutable;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;

namespace Holdfast.Agent.Jobs;

/// <summary>What a decision about a job heeds, from what a node knows of the cluster.</summary>
internal static class JobSurroundingsReading
{
    /// <summary>The surroundings of a job on a node.</summary>
    /// <param name="node">Its owner; null when it has none.</param>
    public static JobSurroundings Of(ClusterView view, JobSpec job, NodeName? node) => new()
    {
        Calendars = view.Calendars.IsEmpty ? CalendarBook.Empty : new CalendarBook(view.Calendars.ToDictionary(calendar => calendar.Key, calendar => calendar.Value.Value)),
        Stopped = node is not null && view.StoppedSchedulers.TryGetValue(node.Value, out var stop) ? stop.Value.Sentence : null,
        Caps = [.. job.Caps.Select(cap => new CapUse(cap.Key, cap.Value, [.. Others(view, job, cap.Key, node)]))],
    };

    // A glance, for whoever waits and for people; who may begin is decided by the cap's record when it does.
    private static IEnumerable<RoleName> Others(ClusterView view, JobSpec job, string cap, NodeName? node) =>
        from ledger in view.Ledgers.Values
        where ledger.Value.Job != job.Name && ledger.Value.Open is { State: JobState.Running, Attempt: { } attempt }
            && view.Placements.TryGetValue(ledger.Value.Job, out var placement) && !placement.Value.IsFree && placement.Value.Epoch == attempt.Epoch
            && (cap != CapUse.Node || attempt.Node == node)
            && view.Roles.TryGetValue(ledger.Value.Job, out var role) && role.Value.Resources.Any(resource => resource.Type == JobResourceType.TypeName && resource.Map("caps").ContainsKey(cap))
        select ledger.Value.Job;
}
