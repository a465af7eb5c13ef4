using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Management.Policies;

/// <summary>What somebody should know who applies a policy that can be applied.</summary>
internal static class PolicyAdvice
{
    // A year that begins on a Monday: nothing depends on when somebody asks.
    private static readonly DateTimeOffset Anyday = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IEnumerable<PolicyProblem> Of(Policy policy, IEnumerable<PolicyJob> jobs)
    {
        var backup = jobs.FirstOrDefault(job => job.Purpose == "backup" && jobs.All(other => other.Purpose != "log" || other.Thing != job.Thing));
        var job = backup is not null ? JobReading.Find(backup.Role)?.Job : null;
        if (policy.Rpo is { } rpo && job is not null)
        {
            if (job.Schedule is JobSchedule.OnDemand) yield return new("schedule.when", $"is on-demand: by itself nothing meets the RPO of {Durations.Format(rpo)}.");
            else if (LongestPause(job) is { } pause && pause >= rpo)
                yield return new("rpoSeconds", $"is {Durations.Format(rpo)}, but up to {Durations.Format(pause)} pass between two backups, and a backup takes time too: it cannot be met always. Back up more often.");
        }

        if (policy.Rpo is null) yield return new("rpoSeconds", "is not given: nothing says when a backup is too old.");
        if (policy is { Rto: not null, Verification.ProofWhen: null }) yield return new("verification.proofWhen", "is not given: the RTO is told from measured restores, and nothing measures one.");
        if (policy.Retention.Keep.IsEmpty) yield return new("retention.keep", "is not given: every snapshot is kept, until the vault is full.");
        if (policy.Vaults.Length == 1 && policy.Verification.CheckWhen is null) yield return new("verification.checkWhen", "is not given: there is one vault, and nothing would find that it is damaged.");
    }

    /// <summary>The longest time between two due runs; null when it cannot be told.</summary>
    private static TimeSpan? LongestPause(JobSpec job)
    {
        if (job.Schedule is JobSchedule.Every every) return every.Interval;
        if (job.Schedule is not JobSchedule.Cron) return null;
        var (longest, last) = (TimeSpan.Zero, job.NextDue(Anyday, null, CalendarBook.Empty));
        // Two months hold the longest pause of everything that comes at least monthly; a thousand times are enough of what comes more often.
        for (var count = 0; count < 1000 && last is { } from && from < Anyday.AddDays(62) && job.NextDue(from, null, CalendarBook.Empty) is { } next; count++)
        {
            if (next - from > longest) longest = next - from;
            last = next;
        }

        return longest == TimeSpan.Zero ? null : longest;
    }
}
