using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Tests.Jobs;

/// <summary>Due times where clocks change: none twice, none lost, whatever the days, the zone and where one begins to count.</summary>
public sealed class DueTimesTests
{
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"];

    [Fact]
    public void A_time_of_day_is_due_once_on_each_of_its_days_through_every_change_of_the_clocks()
    {
        var cases = from zone in Gen.Elements(Zones)
                    from minute in Gen.Choose(0, 1439)
                    from days in Gen.Elements("", "mon-fri", "sun", "last sunday of month", "first sunday of month", "day 29 of month")
                    from begin in Gen.Choose(0, 700)
                    select (zone, minute, days, after: new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(begin));

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(one.zone);
            var job = Daily(one.minute, zone, one.days);
            var wanted = new List<DateOnly>();
            var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(one.after, zone).DateTime).AddDays(2);
            for (var day = first; day < first.AddDays(400); day = day.AddDays(1))
            {
                if (job.Days.Includes(day, CalendarBook.Empty)) wanted.Add(day);
            }

            var due = Dues(job, one.after).TakeWhile(at => DateOf(at, zone) < first.AddDays(400)).Where(at => DateOf(at, zone) >= first).ToList();
            return due.Select(at => DateOf(at, zone)).SequenceEqual(wanted) && due.Zip(due.Skip(1)).All(pair => pair.First < pair.Second);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Fact]
    public void Counting_on_from_any_due_time_or_from_between_two_gives_the_same_ones()
    {
        var cases = from zone in Gen.Elements(Zones)
                    from pattern in Gen.Elements("30 2 * * *", "*/20 * * * *", "15 0,1,2,3,23 * * *", "0 0 * * *")
                    from days in Gen.Elements("", "sat,sun", "last sunday of month")
                    from begin in Gen.Elements("2026-03-27T00:00:00Z", "2026-10-23T00:00:00Z", "2026-04-03T00:00:00Z", "2026-09-04T00:00:00Z", "2026-10-30T00:00:00Z")
                    from skip in Gen.Choose(0, 60)
                    select (zone, pattern, days, at: At(begin), skip);

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var job = Job(new JobSchedule.Cron(CronExpression.Parse(one.pattern), TimeZoneInfo.FindSystemTimeZoneById(one.zone)), one.days);
            var all = Dues(job, one.at).Take(80).ToList();
            var again = Dues(job, all[one.skip].AddSeconds(one.skip % 3)).Take(10);
            return again.SequenceEqual(all.Skip(one.skip + 1).Take(10));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")] // 02:30 does not exist: as the clocks jump to 03:00.
    [InlineData("30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")] // 02:30 comes twice: the first.
    [InlineData("15 2 * * *", "2026-10-25T00:20:00Z", "2026-10-26T01:15:00Z")] // And not the second.
    public void A_time_that_is_left_out_comes_once_as_the_clocks_jump_and_one_that_is_repeated_at_its_first(string cron, string after, string due) =>
        Assert.Equal(At(due), Job(new JobSchedule.Cron(CronExpression.Parse(cron), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")), "").NextDue(At(after), null, CalendarBook.Empty));

    [Fact]
    public void An_interval_keeps_its_grid_over_days_that_are_left_out_and_one_longer_than_a_day_does_not_step_over_the_right_one()
    {
        var weekend = Job(new JobSchedule.Every(TimeSpan.FromHours(7)), "sat,sun") with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") };
        var long36 = Job(new JobSchedule.Every(TimeSpan.FromHours(36)), "mon");

        var due = Dues(weekend, At("2026-11-16T00:00:00Z")).Take(8).ToList();
        var mondays = Dues(long36, At("2026-11-16T00:00:00Z")).Take(5).ToList();

        Assert.All(due, at => Assert.Equal(0, (at - At("2026-11-16T00:00:00Z")).Ticks % TimeSpan.FromHours(7).Ticks));
        Assert.Equal([At("2026-11-20T23:00:00Z"), At("2026-11-21T06:00:00Z")], due[..2]); // Saturday begins in Berlin.
        Assert.All(mondays, at => Assert.Equal(DayOfWeek.Monday, at.DayOfWeek));
    }

    [Fact]
    public void Days_that_never_come_are_never_due() =>
        Assert.Null(Daily(120, TimeZoneInfo.Utc, "2020-01-01").NextDue(At("2026-01-01T00:00:00Z"), null, CalendarBook.Empty));

    private static JobSpec Daily(int minute, TimeZoneInfo zone, string days) => Job(new JobSchedule.Cron(CronExpression.Parse($"{minute % 60} {minute / 60} * * *"), zone), days);

    private static JobSpec Job(JobSchedule schedule, string days) => new() { Name = new RoleName("j"), Kind = JobKind.Command, Schedule = schedule, Days = days.Length == 0 ? DaySet.EveryDay : new([DayRule.Parse(days)], []) };

    private static IEnumerable<DateTimeOffset> Dues(JobSpec job, DateTimeOffset after)
    {
        while (job.NextDue(after, null, CalendarBook.Empty) is { } next) yield return after = next;
    }

    private static DateOnly DateOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
