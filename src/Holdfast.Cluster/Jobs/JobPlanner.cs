using System.Collections.Immutable;
using System.Globalization;

namespace Holdfast.Cluster.Jobs;

/// <summary>What the owner of a job does next, from the job, its ledger and the time: pure. The wall clock decides when, never who; that is the ledger's.</summary>
public static class JobPlanner
{
    /// <summary>How many of the runs that were missed at once get a row each; earlier ones are counted in the oldest of these.</summary>
    public const int MostRowsAtOnce = 10;

    private const int MostCounted = 100_000;
    private const string NeverComes = "its schedule never comes";

    /// <summary>Decides.</summary>
    /// <param name="job">The job.</param>
    /// <param name="ledger">Its ledger.</param>
    /// <param name="working">The run that a worker of this owner is at; null when there is none.</param>
    /// <param name="now">The wall clock.</param>
    /// <param name="around">What else it heeds.</param>
    public static JobDecision Decide(JobSpec job, JobLedger ledger, string? working, DateTimeOffset now, JobSurroundings around)
    {
        // A worker whose run is no longer the open one works for nobody.
        if (working is not null && ledger.Open?.Id != working) return new JobDecision.Stop(working, JobState.Skipped, "its run is over");
        if (ledger.Cancelled is { } cancelled) return working == cancelled ? new JobDecision.Stop(working, JobState.Skipped, "it was cancelled") : new JobDecision.EndCancelled(cancelled);
        return ledger.Open is { } open ? GoOn(job, ledger, open, working, now, around) : Begin(job, ledger, now, around);
    }

    private static JobDecision GoOn(JobSpec job, JobLedger ledger, JobRun open, string? working, DateTimeOffset now, JobSurroundings around)
    {
        if (WhyUnknown(job, around) is { } unknown) return working is null ? unknown : new JobDecision.Wait(null, JobState.Running, open.Reason);
        if (!IsOneAtATime(job) && DuesOf(job, ledger, now, around) is { Count: > 0 } dues) return Settle(dues, _ => (JobState.Skipped, $"merged into run {open.Id}, which was not over"), dues.Latest[^1]);
        if (Halted(job, ledger, now, around) is { } halt) return working is null ? halt : new JobDecision.Stop(working, JobState.Paused, halt.Reason);
        if (working is not null) return new JobDecision.Wait(Earlier(Upcoming(job, ledger, now, around), job.Hours?.NextChange(now, around.Calendars)), JobState.Running, open.Reason);
        if (around.Stopped is { } stopped) return new JobDecision.Wait(null, JobState.Waiting, stopped);
        if (open.NotBefore is { } retry && retry > now) return new JobDecision.Wait(retry, JobState.Waiting, $"{open.Reason}; it is tried again at {Spoken(retry)}");
        if (FullCap(around) is { } full) return new JobDecision.Wait(null, JobState.Waiting, full.Sentence);
        return new JobDecision.Start(open.Id, open.Due, open switch
        {
            { NotBefore: not null } => $"tried again after: {open.Reason}",
            { Attempt: null } => "its turn has come",
            _ => $"goes on from its checkpoint after attempt {open.Attempt.Number} on {open.Attempt.Node}",
        });
    }

    private static JobDecision Begin(JobSpec job, JobLedger ledger, DateTimeOffset now, JobSurroundings around)
    {
        if (WhyUnknown(job, around) is { } unknown) return unknown;
        if (ledger.Hold is not null)
        {
            return !IsOneAtATime(job) && DuesOf(job, ledger, now, around) is { Count: > 0 } passed ? Settle(passed, _ => (JobState.Skipped, "the job was paused"), passed.Latest[^1]) : Halted(job, ledger, now, around)!;
        }

        if (Halted(job, ledger, now, around) is { } halt) return halt;
        if (around.Stopped is { } stopped) return new JobDecision.Wait(null, JobState.Waiting, stopped);
        if (ledger.Requests is [var asked, ..]) return Open(asked, now, "somebody asked for it", around);
        if (job.Schedule is JobSchedule.Continuous)
        {
            var next = job.NextDue(ledger.Handled, ledger.LastEnded, around.Calendars);
            return next is null ? new JobDecision.Wait(null, JobState.Waiting, NeverComes)
                : next <= now ? Open(JobRun.IdOf(now), now, "it runs continuously", around) : new JobDecision.Wait(next, JobState.Waiting, $"the next run begins at {Spoken(next.Value)}");
        }

        var dues = DuesOf(job, ledger, now, around);
        return dues.Count == 0 ? Wait(job, ledger, around) : Begin(job, dues, now, around);
    }

    private static JobDecision Begin(JobSpec job, Dues dues, DateTimeOffset now, JobSurroundings around)
    {
        var newest = dues.Latest[^1];
        var due = newest + job.PutOff(newest);
        // What was due while it was shut could not have started before it opened.
        var couldStart = job.Hours?.LastOpened(now, around.Calendars) is { } opened && opened > due ? opened : due;
        if (job.Missed == MissedPolicy.Skip && now - couldStart > job.Late) return Settle(dues, _ => (JobState.Missed, "nobody could start it in time"), IsOneAtATime(job) ? now : newest);
        if (dues.Count > 1) return Settle(dues with { Latest = dues.Latest[..^1], Count = dues.Count - 1 }, earlier => WhyNotOne(job, earlier, JobRun.IdOf(newest), around), dues.Latest[^2]);
        return Open(JobRun.IdOf(newest), newest, couldStart > due ? $"it was due at {Spoken(newest)}, when it might not work" : now - due > job.Late ? $"it was due at {Spoken(newest)}, when nobody could start it" : "it is due", around);
    }

    /// <summary>Begins a run, or has it wait for its turn where everybody sees it, so that it is neither missed nor forgotten.</summary>
    private static JobDecision Open(string run, DateTimeOffset due, string reason, JobSurroundings around) =>
        FullCap(around) is { } full ? new JobDecision.Await(run, due, full.Sentence) : new JobDecision.Start(run, due, reason);

    private static JobDecision.Wait Wait(JobSpec job, JobLedger ledger, JobSurroundings around)
    {
        if (job.Schedule is JobSchedule.OnDemand) return new(null, JobState.Waiting, "it runs when somebody asks");
        if (job.NextDue(ledger.Handled, ledger.LastEnded, around.Calendars) is not { } next) return new(null, JobState.Waiting, NeverComes);
        var putOff = job.PutOff(next);
        return new(next + putOff, JobState.Waiting, putOff == TimeSpan.Zero ? $"the next run is due at {Spoken(next)}" : $"the next run is due at {Spoken(next)} and begins {putOff.TotalSeconds:0} s later, so that not all begin at once");
    }

    private static (JobState State, string Reason) WhyNotOne(JobSpec job, DateTimeOffset due, string instead, JobSurroundings around) =>
        job.Hours?.IsOpen(due, around.Calendars) == false ? (JobState.Skipped, $"it was due when it might not work; run {instead} is for it too") : (JobState.Missed, $"nobody could start it; run {instead} is for it too");

    /// <summary>Why it cannot be told when it is due; null when it can.</summary>
    private static JobDecision.Wait? WhyUnknown(JobSpec job, JobSurroundings around) =>
        job.Calendars.FirstOrDefault(name => around.Calendars.Find(name) is null) is { } missing ? new(null, JobState.Waiting, $"it names the calendar {missing}, which there is not") : null;

    /// <summary>Why nothing may work now; null when it may.</summary>
    private static JobDecision.Wait? Halted(JobSpec job, JobLedger ledger, DateTimeOffset now, JobSurroundings around)
    {
        if (ledger.Hold is { } hold) return new(Upcoming(job, ledger, now, around), JobState.Paused, hold.Reason is { } why ? $"it was paused: {why}" : "it was paused");
        if (job.Hours is not { } hours || hours.IsOpen(now, around.Calendars)) return null;
        var opens = hours.NextChange(now, around.Calendars);
        var what = hours.IsBlackedOut(now, around.Calendars) ? "a blackout" : "the time outside of its window";
        return new(opens, JobState.Paused, opens is { } at ? $"{what} ends at {Spoken(at)}" : $"{what} never ends");
    }

    private static CapUse? FullCap(JobSurroundings around) => around.Node is { IsFull: true } node ? node : around.Caps.FirstOrDefault(cap => cap.IsFull);

    /// <summary>Whether no run is due while another one works: then there is nothing to merge.</summary>
    private static bool IsOneAtATime(JobSpec job) => job.Schedule is JobSchedule.Continuous or JobSchedule.Every { FromEnd: true };

    private static DateTimeOffset? Upcoming(JobSpec job, JobLedger ledger, DateTimeOffset now, JobSurroundings around) => job.Schedule switch
    {
        _ when IsOneAtATime(job) => null,
        JobSchedule.Cron => job.NextDue(ledger.Handled > now ? ledger.Handled : now, null, around.Calendars),
        _ => job.NextDue(ledger.Handled, null, around.Calendars),
    };

    /// <summary>What is due and has been put off long enough. In their order: one that was put off less waits for the one before it, so that none is passed over.</summary>
    private static Dues DuesOf(JobSpec job, JobLedger ledger, DateTimeOffset now, JobSurroundings around)
    {
        if (job.Schedule is JobSchedule.Continuous) return new(0, []);
        var (count, latest) = (0, new Queue<DateTimeOffset>());
        var lastEnded = ledger.LastEnded;
        for (var next = job.NextDue(ledger.Handled, lastEnded, around.Calendars); next is { } due && due + job.PutOff(due) <= now && count < MostCounted; next = job.NextDue(due, lastEnded, around.Calendars))
        {
            count++;
            latest.Enqueue(due);
            if (latest.Count > MostRowsAtOnce + 1) latest.Dequeue();
            if (IsOneAtATime(job)) break; // The one after it is counted from its end.
        }

        return new(count, [.. latest]);
    }

    private static JobDecision.Pass Settle(Dues dues, Func<DateTimeOffset, (JobState State, string Reason)> why, DateTimeOffset handled)
    {
        var shown = dues.Latest.Length > MostRowsAtOnce ? dues.Latest[^MostRowsAtOnce..] : dues.Latest;
        var uncounted = dues.Count - shown.Length;
        return new([.. shown.Select((due, index) => (Due: due, Index: index, Why: why(due))).Select(row => new JobRun
        {
            Id = JobRun.IdOf(row.Due), Due = row.Due, State = row.Why.State, Ended = row.Due,
            Reason = row.Index == 0 && uncounted > 0 ? $"{row.Why.Reason}; so were {uncounted} before it" : row.Why.Reason,
        })], handled);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    internal static string Spoken(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private sealed record Dues(int Count, ImmutableArray<DateTimeOffset> Latest);
}
