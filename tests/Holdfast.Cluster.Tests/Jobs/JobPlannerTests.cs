using System.Globalization;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.Jobs;

public sealed class JobPlannerTests
{
    private static readonly RoleName Name = new("nightly");
    private static readonly DateTimeOffset Noon = At("2026-11-21T12:00:00Z");
    private static readonly JobSpec Hourly = new() { Name = Name, Kind = JobKind.Command, Schedule = new JobSchedule.Cron(CronExpression.Parse("0 * * * *"), TimeZoneInfo.Utc) };

    [Fact]
    public void A_run_that_is_not_due_is_waited_for()
    {
        var wait = Assert.IsType<JobDecision.Wait>(Decide(Hourly, JobLedger.New(Name, Noon), null, Noon.AddMinutes(5)));

        Assert.Equal((Noon.AddHours(1), JobState.Waiting), (wait.Until, wait.State));
    }

    [Fact]
    public void A_run_that_is_due_starts_under_the_name_of_its_time() =>
        Assert.Equal(new JobDecision.Start("20261121T130000Z", Noon.AddHours(1), "it is due"), Decide(Hourly, JobLedger.New(Name, Noon), null, Noon.AddHours(1).AddSeconds(3)));

    [Fact]
    public void Of_several_missed_runs_one_is_made_and_each_other_has_its_row()
    {
        var now = Noon.AddHours(3).AddMinutes(30);

        var pass = Assert.IsType<JobDecision.Pass>(Decide(Hourly, JobLedger.New(Name, Noon), null, now));
        var ledger = Assert.IsType<LedgerVerdict.Changed>(JobLedger.New(Name, Noon).Pass(pass.Rows, pass.Handled)).Next;
        var start = Assert.IsType<JobDecision.Start>(Decide(Hourly, ledger, null, now));

        Assert.Equal([("20261121T140000Z", JobState.Missed), ("20261121T130000Z", JobState.Missed)], ledger.Runs.Select(run => (run.Id, run.State)));
        Assert.All(ledger.Runs, run => Assert.Contains("run 20261121T150000Z is for it too", run.Reason, StringComparison.Ordinal));
        Assert.Equal("20261121T150000Z", start.Run);
        Assert.Contains("it was due at 2026-11-21 15:00:00 UTC", start.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Missed_runs_are_left_out_when_the_job_says_so_and_the_next_one_is_waited_for()
    {
        var job = Hourly with { Missed = MissedPolicy.Skip };
        var now = Noon.AddHours(2).AddMinutes(30);

        var pass = Assert.IsType<JobDecision.Pass>(Decide(job, JobLedger.New(Name, Noon), null, now));
        var ledger = Assert.IsType<LedgerVerdict.Changed>(JobLedger.New(Name, Noon).Pass(pass.Rows, pass.Handled)).Next;

        Assert.Equal([JobState.Missed, JobState.Missed], ledger.Runs.Select(run => run.State));
        Assert.Equal(Noon.AddHours(3), Assert.IsType<JobDecision.Wait>(Decide(job, ledger, null, now)).Until);
    }

    [Fact]
    public void A_month_without_anybody_costs_a_few_rows_that_count_the_others()
    {
        var pass = Assert.IsType<JobDecision.Pass>(Decide(Hourly with { Missed = MissedPolicy.Skip }, JobLedger.New(Name, Noon), null, Noon.AddDays(30).AddMinutes(30)));

        Assert.Equal(JobPlanner.MostRowsAtOnce, pass.Rows.Length);
        Assert.EndsWith("so were 710 before it", pass.Rows[0].Reason, StringComparison.Ordinal);
        Assert.Equal(Noon.AddDays(30), pass.Handled);
    }

    [Fact]
    public void A_run_due_while_another_one_works_is_merged_into_it()
    {
        var (ledger, run) = Begun(Noon.AddHours(1));

        var pass = Assert.IsType<JobDecision.Pass>(Decide(Hourly, ledger, run, Noon.AddHours(2).AddSeconds(1)));

        Assert.Equal(("20261121T140000Z", JobState.Skipped), (pass.Rows.Single().Id, pass.Rows.Single().State));
        Assert.Contains(run, pass.Rows.Single().Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_run_without_a_worker_goes_on()
    {
        var (ledger, run) = Begun(Noon.AddHours(1));

        var start = Assert.IsType<JobDecision.Start>(Decide(Hourly, ledger, null, Noon.AddHours(1).AddMinutes(1)));

        Assert.Equal(run, start.Run);
        Assert.Contains("attempt 1 on a", start.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pause_stops_the_worker_and_what_is_due_meanwhile_is_not_made_up()
    {
        var (ledger, run) = Begun(Noon.AddHours(1));
        var held = ledger with { Hold = new JobHold(Noon, "month's end") };

        Assert.Equal(new JobDecision.Stop(run, JobState.Paused, "it was paused: month's end"), Decide(Hourly, held, run, Noon.AddHours(1).AddMinutes(1)));
        Assert.IsType<JobDecision.Pass>(Decide(Hourly, held with { Runs = [] }, null, Noon.AddHours(2).AddSeconds(1)));
    }

    [Fact]
    public void Outside_of_its_window_nothing_works_and_a_run_due_then_starts_when_it_opens()
    {
        var job = Hourly with { Hours = Hours("22:00-06:00"), Missed = MissedPolicy.Skip };
        var (ledger, run) = Begun(At("2026-11-21T05:00:00Z"));

        var before = Decide(job, ledger, run, At("2026-11-21T05:59:59Z"));
        var after = Decide(job, ledger with { Handled = At("2026-11-21T06:00:00Z") }, run, At("2026-11-21T06:00:00Z"));

        Assert.Equal(At("2026-11-21T06:00:00Z"), Assert.IsType<JobDecision.Wait>(before).Until);
        Assert.Equal(JobState.Paused, Assert.IsType<JobDecision.Stop>(after).As);
        var waiting = JobLedger.New(Name, At("2026-11-21T11:30:00Z"));
        Assert.Equal(At("2026-11-21T22:00:00Z"), Assert.IsType<JobDecision.Wait>(Decide(job, waiting, null, Noon)).Until);
        Assert.IsType<JobDecision.Start>(Decide(job with { Schedule = new JobSchedule.Cron(CronExpression.Parse("0 12 * * *"), TimeZoneInfo.Utc) }, waiting, null, At("2026-11-21T22:00:01Z")));
    }

    [Fact]
    public void A_failed_run_waits_for_its_next_try()
    {
        var (ledger, run) = Begun(Noon.AddHours(1));
        var failed = Changed(ledger.Finish(run, ledger.Open!.Attempt!, new JobResult { Completed = false, Reason = "the vault did not answer", Error = ErrorClass.Transient }, RetryPolicy.Usual, Noon.AddHours(1).AddMinutes(1)));

        Assert.Equal(Noon.AddHours(1).AddMinutes(2), Assert.IsType<JobDecision.Wait>(Decide(Hourly, failed, null, Noon.AddHours(1).AddMinutes(1))).Until);
        Assert.Equal(run, Assert.IsType<JobDecision.Start>(Decide(Hourly, failed, null, Noon.AddHours(1).AddMinutes(2))).Run);
    }

    [Fact]
    public void What_was_asked_for_starts_whatever_the_schedule_says()
    {
        var ledger = Changed(JobLedger.New(Name, Noon).Ask("by-hand"));

        Assert.Equal("by-hand", Assert.IsType<JobDecision.Start>(Decide(Hourly with { Schedule = new JobSchedule.OnDemand() }, ledger, null, Noon)).Run);
    }

    [Fact]
    public void A_cancelled_run_is_ended_and_then_over()
    {
        var (ledger, run) = Begun(Noon.AddHours(1));
        var cancelled = Changed(ledger.Cancel());

        Assert.Equal(JobState.Skipped, Assert.IsType<JobDecision.Stop>(Decide(Hourly, cancelled, run, Noon.AddHours(1))).As);
        Assert.Equal(new JobDecision.EndCancelled(run), Decide(Hourly, cancelled, null, Noon.AddHours(1)));
        var over = Changed(cancelled.EndCancelled(run, Noon.AddHours(1)));
        Assert.Equal((JobState.Skipped, null), (over.Runs[0].State, over.Cancelled));
    }

    [Fact]
    public void A_continuous_job_begins_again_after_its_pause()
    {
        var job = Hourly with { Schedule = new JobSchedule.Continuous(TimeSpan.FromSeconds(10)) };
        var (ledger, run) = Begun(Noon);
        var done = Changed(ledger.Finish(run, ledger.Open!.Attempt!, new JobResult { Completed = true, Reason = "done" }, RetryPolicy.Usual, Noon.AddMinutes(1)));

        Assert.Equal(Noon.AddMinutes(1).AddSeconds(10), Assert.IsType<JobDecision.Wait>(Decide(job, done, null, Noon.AddMinutes(1))).Until);
        Assert.IsType<JobDecision.Start>(Decide(job, done, null, Noon.AddMinutes(1).AddSeconds(10)));
    }

    [Fact]
    public void A_wall_clock_that_goes_back_makes_nothing_due_again()
    {
        var (ledger, run) = Begun(Noon.AddHours(6));
        var done = Changed(ledger.Finish(run, ledger.Open!.Attempt!, new JobResult { Completed = true, Reason = "done" }, RetryPolicy.Usual, Noon.AddHours(6)));

        Assert.Equal(Noon.AddHours(7), Assert.IsType<JobDecision.Wait>(Decide(Hourly, done, null, Noon.AddHours(1))).Until);
    }

    [Fact]
    public void A_blackout_pauses_a_run_and_what_was_due_in_it_begins_once_when_it_ends()
    {
        var job = Hourly with { Hours = Hours(null, "sat 13:00-16:00"), Missed = MissedPolicy.Skip }; // The 21st is one.
        var (ledger, run) = Begun(Noon);

        var paused = Assert.IsType<JobDecision.Stop>(Decide(job, ledger, run, Noon.AddHours(1)) is JobDecision.Pass pass ? Decide(job, Changed(ledger.Pass(pass.Rows, pass.Handled)), run, Noon.AddHours(1)) : null);
        var free = JobLedger.New(Name, Noon);
        var waiting = Assert.IsType<JobDecision.Wait>(Decide(job, free, null, Noon.AddHours(2).AddMinutes(1)));
        var merged = Assert.IsType<JobDecision.Pass>(Decide(job, free, null, Noon.AddHours(4)));

        Assert.Equal((JobState.Paused, "a blackout ends at 2026-11-21 16:00:00 UTC"), (paused.As, paused.Reason));
        Assert.Equal((Noon.AddHours(4), JobState.Paused), (waiting.Until, waiting.State));
        Assert.All(merged.Rows, row => Assert.Equal((JobState.Skipped, "it was due when it might not work; run 20261121T160000Z is for it too"), (row.State, row.Reason)));
        Assert.Equal("20261121T160000Z", Assert.IsType<JobDecision.Start>(Decide(job, Changed(free.Pass(merged.Rows, merged.Handled)), null, Noon.AddHours(4))).Run);
    }

    [Fact]
    public void Days_leave_out_what_is_due_on_others_and_a_calendar_that_is_not_there_is_waited_for()
    {
        var job = Hourly with { Days = new([DayRule.Parse("mon-fri")], [DayRule.Parse("calendar holidays")]) };
        var holidays = new CalendarBook(new Dictionary<string, NamedCalendar> { ["holidays"] = new() { Name = "holidays", Days = ["2026-11-23"] } });

        Assert.Equal(At("2026-11-24T00:00:00Z"), Assert.IsType<JobDecision.Wait>(Decide(job, JobLedger.New(Name, Noon), null, Noon, new() { Calendars = holidays })).Until);
        Assert.Contains("the calendar holidays, which there is not", Assert.IsType<JobDecision.Wait>(Decide(job, JobLedger.New(Name, Noon), null, Noon.AddDays(30))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interval_from_the_end_is_counted_from_there_and_nothing_is_due_before()
    {
        var job = Hourly with { Schedule = new JobSchedule.Every(TimeSpan.FromHours(1), FromEnd: true) };
        var (ledger, run) = Begun(Noon);
        var done = Changed(ledger.Finish(run, ledger.Open!.Attempt!, new JobResult { Completed = true, Reason = "done" }, RetryPolicy.Usual, Noon.AddHours(5)));

        Assert.Equal(JobState.Running, Assert.IsType<JobDecision.Wait>(Decide(job, ledger, run, Noon.AddHours(4))).State);
        Assert.Equal(Noon.AddHours(6), Assert.IsType<JobDecision.Wait>(Decide(job, done, null, Noon.AddHours(5).AddMinutes(59))).Until);
        Assert.Equal(JobRun.IdOf(Noon.AddHours(6)), Assert.IsType<JobDecision.Start>(Decide(job, done, null, Noon.AddHours(6))).Run);
        var skipped = Assert.IsType<JobDecision.Pass>(Decide(job with { Missed = MissedPolicy.Skip }, done, null, Noon.AddDays(40)));
        Assert.Equal((1, Noon.AddDays(40)), (skipped.Rows.Length, skipped.Handled)); // One row, however long nobody was there.
    }

    [Fact]
    public void A_start_is_put_off_by_the_same_time_whoever_asks_and_none_is_passed_over_for_it()
    {
        var job = Hourly with { Schedule = new JobSchedule.Every(TimeSpan.FromMinutes(1)), Jitter = TimeSpan.FromMinutes(10), Late = TimeSpan.FromDays(1) };
        var ledger = JobLedger.New(Name, Noon);
        HashSet<string> begun = [];
        for (var now = Noon; now < Noon.AddHours(3); now = now.AddSeconds(7))
        {
            switch (Decide(job, ledger, null, now))
            {
                case JobDecision.Start start:
                    Assert.True(begun.Add(start.Run));
                    Assert.True(now >= start.Due + job.PutOff(start.Due));
                    ledger = Changed(ledger.Begin(start.Run, start.Due, new RunAttempt(new Epoch(1, 1), 0, new NodeName("a"), start.Run), now, start.Reason));
                    ledger = Changed(ledger.Finish(start.Run, ledger.Open!.Attempt!, new JobResult { Completed = true, Reason = "done" }, RetryPolicy.Usual, now));
                    break;
                case JobDecision.Pass pass:
                    Assert.All(pass.Rows, row => Assert.True(begun.Add(row.Id)));
                    ledger = Changed(ledger.Pass(pass.Rows, pass.Handled));
                    break;
            }
        }

        var due = Enumerable.Range(1, 169).Select(minute => JobRun.IdOf(Noon.AddMinutes(minute)));
        Assert.Empty(due.Except(begun));
        Assert.InRange(Enumerable.Range(0, 1000).Select(day => job.PutOff(Noon.AddDays(day)).TotalSeconds).Distinct().Count(), 400, 600);
    }

    [Fact]
    public void A_run_whose_cap_is_full_waits_where_everybody_sees_it_and_is_neither_missed_nor_lost()
    {
        var job = Hourly with { Missed = MissedPolicy.Skip };
        var full = new JobSurroundings { Caps = [new CapUse("vault", 1, [new RoleName("other")])] };
        var now = Noon.AddHours(1);

        var due = Assert.IsType<JobDecision.Await>(Decide(job, JobLedger.New(Name, Noon), null, now, full));
        var ledger = Changed(JobLedger.New(Name, Noon).Await(due.Run, due.Due, due.Reason));
        var wait = Assert.IsType<JobDecision.Wait>(Decide(job, ledger, null, now.AddMinutes(50), full));
        var start = Assert.IsType<JobDecision.Start>(Decide(job, ledger, null, now.AddMinutes(50)));

        Assert.Equal((JobState.Waiting, "it waits to start: other is at work in group vault, and 1 may be at once"), (wait.State, wait.Reason));
        Assert.Equal((due.Run, "its turn has come"), (start.Run, start.Reason));
        Assert.IsType<LedgerVerdict.Already>(ledger.Await(due.Run, due.Due, "again"));
        Assert.IsType<LedgerVerdict.Refused>(ledger.Await("another", due.Due, "again"));
    }

    [Fact]
    public void On_a_node_that_runs_as_many_jobs_as_it_is_set_to_a_run_waits_and_one_that_works_is_left_alone()
    {
        var full = new JobSurroundings { Node = new CapUse(CapUse.Node, 1, [new RoleName("other")], new NodeName("a")) };
        var room = full with { Node = full.Node! with { Most = 2 } };
        var now = Noon.AddHours(1);
        var (ledger, run) = Begun(Noon);

        var due = Assert.IsType<JobDecision.Await>(Decide(Hourly, JobLedger.New(Name, Noon), null, now, full));
        var waiting = Changed(JobLedger.New(Name, Noon).Await(due.Run, due.Due, due.Reason));

        Assert.Equal("it waits to start: other is at work on a, whose settings let 1 job run at once", Assert.IsType<JobDecision.Wait>(Decide(Hourly, waiting, null, now, full)).Reason);
        Assert.Equal(due.Run, Assert.IsType<JobDecision.Start>(Decide(Hourly, waiting, null, now, room)).Run);
        Assert.Equal(JobState.Running, Assert.IsType<JobDecision.Wait>(Decide(Hourly, ledger, run, Noon.AddMinutes(1), full)).State);
    }

    [Fact]
    public void Where_the_scheduler_is_stopped_nothing_begins_and_what_runs_ends()
    {
        var stopped = new JobSurroundings { Stopped = "the scheduler of a is stopped" };
        var (ledger, run) = Begun(Noon);

        Assert.Equal(stopped.Stopped, Assert.IsType<JobDecision.Wait>(Decide(Hourly, JobLedger.New(Name, Noon), null, Noon.AddHours(1), stopped)).Reason);
        Assert.Equal(stopped.Stopped, Assert.IsType<JobDecision.Wait>(Decide(Hourly, ledger, null, Noon.AddMinutes(1), stopped)).Reason);
        Assert.Equal(JobState.Running, Assert.IsType<JobDecision.Wait>(Decide(Hourly, ledger, run, Noon.AddMinutes(1), stopped)).State);
    }

    private static JobDecision Decide(JobSpec job, JobLedger ledger, string? working, DateTimeOffset now, JobSurroundings? around = null) => JobPlanner.Decide(job, ledger, working, now, around ?? JobSurroundings.None);

    private static WorkHours Hours(string? window, string? blackout = null) => new(window is null ? [] : [TimeWindow.Parse(window)], blackout is null ? [] : [TimeWindow.Parse(blackout)], TimeZoneInfo.Utc);

    private static (JobLedger Ledger, string Run) Begun(DateTimeOffset due) =>
        (Changed(JobLedger.New(Name, due.AddMinutes(-1)).Begin(JobRun.IdOf(due), due, new RunAttempt(new Epoch(1, 1), 0, new NodeName("a"), "n"), due, "it is due")), JobRun.IdOf(due));

    private static JobLedger Changed(LedgerVerdict verdict) => Assert.IsType<LedgerVerdict.Changed>(verdict).Next;

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
