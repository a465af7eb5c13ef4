using System.Globalization;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Tests.Jobs;

public sealed class JobForecastTests
{
    private static readonly DateTimeOffset Saturday = DateTimeOffset.Parse("2026-11-21T00:00:00Z", CultureInfo.InvariantCulture);
    private static readonly JobSpec Job = new() { Name = new RoleName("j"), Kind = JobKind.Command, Schedule = new JobSchedule.Cron(CronExpression.Parse("0 */6 * * *"), TimeZoneInfo.Utc) };

    [Fact]
    public void What_is_to_come_is_told_with_what_puts_it_off_or_leaves_it_out()
    {
        var job = Job with
        {
            Days = new([], [DayRule.Parse("sun")]), Jitter = TimeSpan.FromMinutes(30), Late = TimeSpan.FromHours(1),
            Hours = new([], [TimeWindow.Parse("sat 11:00-19:00")], TimeZoneInfo.Utc),
        };

        var runs = JobForecast.Between(job, JobLedger.New(job.Name, Saturday), Saturday, Saturday.AddDays(1), JobSurroundings.None);

        Assert.Equal([6, 12, 18, 24], runs.Select(run => (run.Due - Saturday).TotalHours));
        Assert.Equal([JobState.Waiting, JobState.Skipped, JobState.Paused, JobState.Skipped], runs.Select(run => run.State));
        Assert.Equal(Saturday.AddHours(6) + job.PutOff(Saturday.AddHours(6)), runs[0].Begins);
        Assert.Equal($"a blackout ends at 2026-11-21 19:00:00 UTC; run {runs[2].Run} is for it too", runs[1].Reason);
        Assert.Equal((Saturday.AddHours(19), (DateTimeOffset?)null), (runs[2].Begins, runs[3].Begins));
        Assert.Equal("it is left out: not one of the job's days", runs[3].Reason);
    }

    [Fact]
    public void What_the_ledger_has_settled_is_not_to_come_again_and_an_interval_goes_on_from_there()
    {
        var settled = JobLedger.New(Job.Name, Saturday.AddHours(13));

        Assert.Equal([18.0, 24.0], JobForecast.Between(Job, settled, Saturday, Saturday.AddDays(1), JobSurroundings.None).Select(run => (run.Due - Saturday).TotalHours));
        Assert.Equal([20.0], JobForecast.Between(Job with { Schedule = new JobSchedule.Every(TimeSpan.FromHours(7)) }, settled, Saturday.AddHours(19), Saturday.AddDays(1), JobSurroundings.None).Select(run => (run.Due - Saturday).TotalHours));
        Assert.Single(JobForecast.Between(Job with { Schedule = new JobSchedule.Every(TimeSpan.FromHours(1), FromEnd: true) }, settled, Saturday, Saturday.AddDays(9), JobSurroundings.None));
        Assert.Equal(JobForecast.Most, JobForecast.Between(Job with { Schedule = new JobSchedule.Cron(CronExpression.Parse("* * * * *"), TimeZoneInfo.Utc) }, settled, Saturday, Saturday.AddDays(9), JobSurroundings.None).Length);
    }
}
