using System.Collections.Immutable;
using System.Globalization;

namespace Holdfast.Cluster.Jobs;

/// <summary>What the owner of a job does next, from the job, its ledger and the time: pure. The wall clock decides when, never who; that is the ledger's.</summary>
public static class JobPlanner
{
    /// <summary>How many of the runs that were missed at once get a row each; earlier ones are counted in the oldest of these.</summary>
    public const int MostRowsAtOnce = 10;

    private const int MostCounted = 100_000;

    /// <summary>Decides.</summary>
    /// <param name="job">The job.</param>
    /// <param name="ledger">Its ledger.</param>
    /// <param name="working">The run that a worker of this owner is at; null when there is none.</param>
    /// <param name="now">The wall clock.</param>
    public static JobDecision Decide(JobSpec job, JobLedger ledger, string? working, DateTimeOffset now)
    {
        // A worker whose run is no longer the open one works for nobody.
        if (working is not null && ledger.Open?.Id != working) return new JobDecision.Stop(working, JobState.Skipped, "its run is over");
        if (ledger.Cancelled is { } cancelled) return working == cancelled ? new JobDecision.Stop(working, JobState.Skipped, "it was cancelled") : new JobDecision.EndCancelled(cancelled);
        return ledger.Open is { } open ? GoOn(job, ledger, open, working, now) : Begin(job, ledger, now);
    }

    private static JobDecision GoOn(JobSpec job, JobLedger ledger, JobRun open, string? working, DateTimeOffset now)
    {
        var dues = DuesOf(job, ledger, now);
        if (dues.Count > 0 && job.Schedule is not JobSchedule.Continuous) return Settle(dues, JobState.Skipped, $"merged into run {open.Id}, which was not over", dues.Latest[^1]);
        if (Halted(job, ledger, now) is { } halt) return working is null ? halt : new JobDecision.Stop(working, JobState.Paused, halt.Reason);
        if (working is not null) return new JobDecision.Wait(Earlier(Upcoming(job, ledger, now), job.Window?.NextChange(now)), JobState.Running, open.Reason);
        if (open.NotBefore is { } retry && retry > now) return new JobDecision.Wait(retry, JobState.Waiting, $"{open.Reason}; it is tried again at {Spoken(retry)}");
        return new JobDecision.Start(open.Id, open.Due, open.NotBefore is not null ? $"tried again after: {open.Reason}" : $"goes on from its checkpoint after attempt {open.Attempt?.Number} on {open.Attempt?.Node}");
    }

    private static JobDecision Begin(JobSpec job, JobLedger ledger, DateTimeOffset now)
    {
        if (ledger.Hold is not null)
        {
            var passed = DuesOf(job, ledger, now);
            return passed.Count > 0 && job.Schedule is not JobSchedule.Continuous ? Settle(passed, JobState.Skipped, "the job was paused", passed.Latest[^1]) : Halted(job, ledger, now)!;
        }

        if (Halted(job, ledger, now) is { } halt) return halt;
        if (ledger.Requests is [var asked, ..]) return new JobDecision.Start(asked, now, "somebody asked for it");
        if (job.Schedule is JobSchedule.Continuous)
        {
            var next = job.Schedule.Next(ledger.Handled, ledger.LastEnded)!.Value;
            return next <= now ? new JobDecision.Start(JobRun.IdOf(now), now, "it runs continuously") : new JobDecision.Wait(next, JobState.Waiting, $"the next run begins at {Spoken(next)}");
        }

        var dues = DuesOf(job, ledger, now);
        if (dues.Count == 0)
        {
            var until = Upcoming(job, ledger, now);
            return new JobDecision.Wait(until, JobState.Waiting, until is { } next ? $"the next run is due at {Spoken(next)}" : job.Schedule is JobSchedule.OnDemand ? "it runs when somebody asks" : "its schedule never comes");
        }

        var newest = dues.Latest[^1];
        // What was due while the window was shut could not have started before it opened.
        var couldStart = job.Window?.LastOpened(now) is { } opened && opened > newest ? opened : newest;
        if (job.Missed == MissedPolicy.Skip && now - couldStart > job.Late) return Settle(dues, JobState.Missed, "nobody could start it in time", newest);
        if (dues.Count > 1) return Settle(dues with { Latest = dues.Latest[..^1], Count = dues.Count - 1 }, JobState.Missed, $"nobody could start it; run {JobRun.IdOf(newest)} is for it too", dues.Latest[^2]);
        return new JobDecision.Start(JobRun.IdOf(newest), newest, now - newest > job.Late ? $"it was due at {Spoken(newest)}, when nobody could start it" : "it is due");
    }

    /// <summary>Why nothing may work now; null when it may.</summary>
    private static JobDecision.Wait? Halted(JobSpec job, JobLedger ledger, DateTimeOffset now)
    {
        if (ledger.Hold is { } hold) return new(Upcoming(job, ledger, now), JobState.Paused, hold.Reason is { } why ? $"it was paused: {why}" : "it was paused");
        if (job.Window is { } window && !window.IsOpen(now)) return new(window.NextChange(now), JobState.Paused, $"its window opens at {Spoken(window.NextChange(now))}");
        return null;
    }

    private static DateTimeOffset? Upcoming(JobSpec job, JobLedger ledger, DateTimeOffset now) => job.Schedule switch
    {
        JobSchedule.Continuous => null,
        JobSchedule.Cron => job.Schedule.Next(ledger.Handled > now ? ledger.Handled : now, null),
        _ => job.Schedule.Next(ledger.Handled, null),
    };

    private static Dues DuesOf(JobSpec job, JobLedger ledger, DateTimeOffset now)
    {
        if (job.Schedule is JobSchedule.Continuous) return new(0, []);
        var (count, latest) = (0, new Queue<DateTimeOffset>());
        for (var next = job.Schedule.Next(ledger.Handled, null); next <= now && count < MostCounted; next = job.Schedule.Next(next.Value, null))
        {
            count++;
            latest.Enqueue(next.Value);
            if (latest.Count > MostRowsAtOnce + 1) latest.Dequeue();
        }

        return new(count, [.. latest]);
    }

    private static JobDecision.Pass Settle(Dues dues, JobState state, string reason, DateTimeOffset handled)
    {
        var shown = dues.Latest.Length > MostRowsAtOnce ? dues.Latest[^MostRowsAtOnce..] : dues.Latest;
        var uncounted = dues.Count - shown.Length;
        return new([.. shown.Select((due, index) => new JobRun
        {
            Id = JobRun.IdOf(due), Due = due, State = state, Ended = due,
            Reason = index == 0 && uncounted > 0 ? $"{reason}; so were {uncounted} before it" : reason,
        })], handled);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    private static string Spoken(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private sealed record Dues(int Count, ImmutableArray<DateTimeOffset> Latest);
}
