using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>Named calendars. They are declared like jobs (<c>holdfast apply</c>), and removed when no job names them any more.</summary>
internal sealed class CalendarOperations(NodeRuntime runtime, EventJournal journal)
{
    /// <summary>Every calendar.</summary>
    public IReadOnlyList<CalendarInfo> List()
    {
        var view = runtime.Operations.Situation().View;
        return [.. view.Calendars.Values.Select(calendar => new CalendarInfo(calendar.Value.Name, calendar.Value.Days, calendar.Value.Except, [.. JobsOf(view, calendar.Value.Name).Select(job => job.Value)]))];
    }

    /// <summary>Removes one.</summary>
    /// <exception cref="HoldfastException">Codes <c>calendar.not-found</c>, <c>calendar.in-use</c>, <c>store.conflict</c>.</exception>
    public async Task<string> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var view = runtime.Operations.Situation().View;
        if (!view.Calendars.TryGetValue(name, out var calendar)) throw new HoldfastException(ErrorKind.NotFound, "calendar.not-found", $"There is no calendar {name}.", "See 'holdfast calendar list'.");
        if (JobsOf(view, name).ToList() is { Count: > 0 } jobs)
            throw new HoldfastException(ErrorKind.Conflict, "calendar.in-use", $"Calendar {name} is named by {string.Join(", ", jobs)}, which would not know when to run.", "Declare these jobs without it first.");
        switch (await runtime.Registry.Store.CommitAsync(new([new(RegistryKeys.Calendar(name), calendar.Revision)], [new(RegistryKeys.Calendar(name), null)]), cancellationToken))
        {
            case CommitOutcome.Conflict: throw new HoldfastException(ErrorKind.Conflict, "store.conflict", $"Somebody changed calendar {name} at the same moment; nothing was changed.", "Look at it and try again.");
            case CommitOutcome.Unknown unknown: throw new StoreUnavailableException($"Whether it was removed is unknown: {unknown.Reason}");
        }

        await runtime.Feed.RefreshAsync(cancellationToken);
        journal.Add("calendar.deleted", $"Calendar {name} was deleted.");
        return $"Calendar {name} was deleted.";
    }

    private static IEnumerable<RoleName> JobsOf(ClusterView view, string calendar) =>
        view.Roles.Values.Where(role => JobReading.Find(role.Value)?.Job.Calendars.Contains(calendar) == true).Select(role => role.Value.Name);
}
