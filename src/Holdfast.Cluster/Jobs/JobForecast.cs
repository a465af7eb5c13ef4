using System.Collections.Immutable;
using Holdfast.Cluster.Calendars;

namespace Holdfast.Cluster.Jobs;

/// <summary>Which runs of a job are to come: pure, and by the same arithmetic that makes them due.</summary>
public static class JobForecast
{
    /// <summary>How many are told at most.</summary>
    public const int Most = 1000;

    /// <summary>The runs that are due between two times and not settled yet, earliest first.</summary>
    /// <param name="job">The job. Of one that runs continuously, from the end of the last run, or when somebody asks, at most the next can be told.</param>
    /// <param name="ledger">Its ledger.</param>
    /// <param name="from">From when.</param>
    /// <param name="to">Until when.</param>
    /// <param name="around">What else it heeds.</param>
    public static ImmutableArray<PlannedRun> Between(JobSpec job, JobLedger ledger, DateTimeOffset from, DateTimeOffset to, JobSurroundings around)
    {
        if (job.Calendars.Any(name => around.Calendars.Find(name) is null)) return []; // Nobody knows; the job itself says so.
        var everyDay = job.Schedule is JobSchedule.Cron ? job with { Days = DaySet.EveryDay } : job; // What is left out of a calendar is shown; an interval has nothing there.
        var oneOnly = job.Schedule is JobSchedule.Continuous or JobSchedule.Every { FromEnd: true };
        if (oneOnly && ledger.Open is not null) return [];
        // Only an interval has to be counted from where it was; the clock on the wall says the rest.
        var after = job.Schedule is JobSchedule.Cron && from > ledger.Handled ? from.AddTicks(-1) : ledger.Handled;
        List<PlannedRun> runs = [];
        var lastEnded = ledger.LastEnded;
        for (var next = everyDay.NextDue(after, lastEnded, around.Calendars); next is { } due && due <= to && runs.Count < Most; next = oneOnly ? null : everyDay.NextDue(due, lastEnded, around.Calendars))
        {
            if (due >= from) runs.Add(Of(job, due, around));
        }

        return Merged(runs);
    }

    private static PlannedRun Of(JobSpec job, DateTimeOffset due, JobSurroundings around)
    {
        var id = JobRun.IdOf(due);
        if (!job.Days.IsEveryDay && !job.Days.Includes(WallClock.DayOf(due, job.Zone), around.Calendars)) return new(id, due, null, JobState.Skipped, "it is left out: not one of the job's days");
        var putOff = job.PutOff(due);
        var begins = due + putOff;
        if (job.Hours is not { } hours || hours.IsOpen(begins, around.Calendars))
            return new(id, due, begins, JobState.Waiting, putOff == TimeSpan.Zero ? "it is to come" : $"it begins {putOff.TotalSeconds:0} s later, so that not all begin at once");
        var what = hours.IsBlackedOut(begins, around.Calendars) ? "a blackout" : "the time outside of its window";
        return hours.NextChange(begins, around.Calendars) is { } opens ? new(id, due, opens, JobState.Paused, $"{what} ends at {JobPlanner.Spoken(opens)}") : new(id, due, null, JobState.Paused, $"{what} never ends");
    }

    /// <summary>Of those that wait for the same end of a blackout the last begins, and is for the others too.</summary>
    private static ImmutableArray<PlannedRun> Merged(List<PlannedRun> runs)
    {
        for (var i = 0; i < runs.Count; i++)
        {
            var run = runs[i];
            if (run is not { State: JobState.Paused, Begins: { } begins }) continue;
            if (runs.Skip(i + 1).LastOrDefault(later => later.State != JobState.Skipped && later.Due <= begins && later.Begins <= begins) is { } last)
                runs[i] = run with { Begins = null, State = JobState.Skipped, Reason = $"{run.Reason}; run {last.Run} is for it too" };
        }

        return [.. runs];
    }
}
