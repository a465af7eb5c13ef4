using System.Globalization;
using Holdfast.Agent.Api;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cli.Jobs;

/// <summary>Jobs as people read them.</summary>
internal static class JobText
{
    private const int LongestCheckpoint = 100; // A worker's own words; all of them are in the JSON.

    public static void WriteList(IReadOnlyList<JobInfo> jobs, Report report)
    {
        if (jobs.Count == 0)
        {
            report.Line("No jobs yet. Declare one with 'kind: Job': holdfast apply -f job.yaml");
            return;
        }

        var table = new TextTable("JOB", "RUNS", "STATE", "NODE", "NEXT", "LAST", "WHY");
        foreach (var job in jobs)
            table.Row(job.Name, job.Kind, Phrases.Word(job.State), Phrases.OrNothing(job.Owner), At(job.Next), job.Last is { } last ? Phrases.Word(last.State) : Phrases.Nothing, job.Reason);
        table.Write(report.Out, report.Palette, report.Width);
    }

    public static void WriteDetail(JobDetail detail, Report report, DateTimeOffset now)
    {
        var job = detail.Job;
        report.Line($"{report.Palette.Bold(job.Name)}  {report.Palette.State(Phrases.Word(job.State))}{(job.Owner is null ? "" : $" on {job.Owner}")}: {job.Reason}");
        report.Line($"Runs {job.Kind}, {job.Schedule}; next: {At(job.Next)}");
        if (job.Kind == "proof") report.Line(detail.Runs.FirstOrDefault(run => run.State == JobState.Completed) is { Ended: { } proved } proof ? $"Proved {Age(now - proved)} ago: {proof.Reason}" : report.Palette.Removed("Nothing is proved yet."));
        if (job.Present is { } present) report.Line($"Present run {present.Id}, attempt {present.Attempts}{(present.Resumed > 0 ? $", resumed {Phrases.Count(present.Resumed, "time", "times")}" : "")}");
        if (detail.Progress is { } progress) report.Line("  " + Spoken(progress));
        if (detail.Checkpoint is { } checkpoint) report.Line($"  checkpoint {(checkpoint.Length <= LongestCheckpoint ? checkpoint : checkpoint[..LongestCheckpoint] + "…")}");
        report.Line();
        WriteRuns(detail.Runs, report);
        report.Line();
        report.Line(report.Palette.Bold("Declaration"));
        foreach (var line in detail.Declaration.TrimEnd().Split('\n')) report.Line("  " + line);
    }

    public static void WriteRuns(IReadOnlyList<RunInfo> runs, Report report)
    {
        if (runs.Count == 0)
        {
            report.Line("No runs yet.");
            return;
        }

        var table = new TextTable("RUN", "STATE", "NODE", "TRIES", "RESUMED", "TOOK", "WHY");
        foreach (var run in runs)
        {
            table.Row(
                run.Id, Phrases.Word(run.State), Phrases.OrNothing(run.Node), run.Attempts.ToString(CultureInfo.InvariantCulture), run.Resumed.ToString(CultureInfo.InvariantCulture),
                run is { Started: { } started, Ended: { } ended } ? Phrases.Milliseconds((ended - started).TotalMilliseconds) : Phrases.Nothing, run.Reason);
        }

        table.Write(report.Out, report.Palette, report.Width);
    }

    public static void WriteCalendar(JobCalendar calendar, Report report)
    {
        if (calendar.Runs.Count == 0)
        {
            report.Line($"Nothing was or is due from {At(calendar.From)} to {At(calendar.To)}.");
            return;
        }

        var table = new TextTable("DUE", "BEGINS", "STATE", "NODE", "WHY");
        foreach (var run in calendar.Runs) table.Row(At(run.Due), At(run.Begins), Phrases.Word(run.State), Phrases.OrNothing(run.Node), run.Reason);
        table.Write(report.Out, report.Palette, report.Width);
    }

    public static void WriteSchedulers(IReadOnlyList<SchedulerInfo> schedulers, Report report)
    {
        var table = new TextTable("NODE", "SCHEDULER", "JOB", "STATE", "NEXT", "WHY");
        foreach (var scheduler in schedulers)
        {
            var state = scheduler.Reason is { } why ? $"{scheduler.State}: {why}" : scheduler.State;
            if (scheduler.Jobs.Count == 0) table.Row(Phrases.OrNothing(scheduler.Node), state, Phrases.Nothing, Phrases.Nothing, Phrases.Nothing, Phrases.Nothing);
            foreach (var job in scheduler.Jobs) table.Row(Phrases.OrNothing(scheduler.Node), state, job.Name, Phrases.Word(job.State), At(job.Next), job.Reason);
        }

        table.Write(report.Out, report.Palette, report.Width);
    }

    public static void WriteCalendars(IReadOnlyList<CalendarInfo> calendars, Report report)
    {
        if (calendars.Count == 0)
        {
            report.Line("No calendars yet. Declare one with 'kind: Calendar': holdfast apply -f calendar.yaml");
            return;
        }

        var table = new TextTable("CALENDAR", "DAYS", "EXCEPT", "JOBS");
        foreach (var calendar in calendars) table.Row(calendar.Name, Listed(calendar.Days), Listed(calendar.Except), Listed(calendar.Jobs));
        table.Write(report.Out, report.Palette, report.Width);
    }

    private static string Listed(IReadOnlyList<string> items) => items.Count == 0 ? Phrases.Nothing : string.Join(", ", items);

    private static string Spoken(WorkerMessage.Progress progress) => string.Join(", ", new[]
    {
        progress.Total is { } total ? string.Create(CultureInfo.InvariantCulture, $"{Bytes(progress.Done)} of {Bytes(total)}") : $"{Bytes(progress.Done)} done",
        progress.BytesPerSecond is { } rate ? $"{Bytes((long)rate)}/s" : null,
        progress.SecondsLeft is { } left ? $"{Phrases.Milliseconds(left * 1000)} left" : null,
        progress.Path,
    }.OfType<string>());

    private static string Bytes(long bytes) => bytes < 1024 ? $"{bytes} B"
        : bytes < 1 << 20 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB")
        : bytes < 1 << 30 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB") : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB");

    private static string Age(TimeSpan age) => age < TimeSpan.FromHours(1) ? Phrases.Count((int)age.TotalMinutes, "minute", "minutes")
        : age < TimeSpan.FromDays(2) ? Phrases.Count((int)age.TotalHours, "hour", "hours") : Phrases.Count((int)age.TotalDays, "day", "days");

    private static string At(DateTimeOffset? at) => at is { } instant ? Phrases.Instant(instant.ToUniversalTime()) : Phrases.Nothing;
}
