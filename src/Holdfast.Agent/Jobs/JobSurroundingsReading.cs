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
        Caps = [.. job.Caps.Select(cap => new CapUse(cap.Key, cap.Value, [.. AtWork(view, job).Where(other => (cap.Key != CapUse.Node || other.Node == node) && IsOfGroup(view, other.Job, cap.Key)).Select(other => other.Job)]))],
        Node = node is { } here && view.SettingsOf(here).Jobs is { } most ? new CapUse(CapUse.Node, most, [.. AtWork(view, job).Where(other => other.Node == here).Select(other => other.Job)], here) : null,
    };

    // A glance, for whoever waits and for people; who may begin is decided by the cap's record when it does.
    private static IEnumerable<(RoleName Job, NodeName Node)> AtWork(ClusterView view, JobSpec except)
    {
        foreach (var ledger in view.Ledgers.Values)
        {
            if (ledger.Value.Job != except.Name && ledger.Value.Open is { State: JobState.Running, Attempt: { } attempt }
                && view.Placements.TryGetValue(ledger.Value.Job, out var placement) && !placement.Value.IsFree && placement.Value.Epoch == attempt.Epoch)
                yield return (ledger.Value.Job, attempt.Node);
        }
    }

    private static bool IsOfGroup(ClusterView view, RoleName job, string group) =>
        view.Roles.TryGetValue(job, out var role) && role.Value.Resources.Any(resource => resource.Type == JobResourceType.TypeName && resource.Map("caps").ContainsKey(group));
}
