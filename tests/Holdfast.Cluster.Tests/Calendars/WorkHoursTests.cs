using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Cluster.Calendars;

namespace Holdfast.Cluster.Tests.Calendars;

public sealed class WorkHoursTests
{
    private static readonly CalendarBook Calendars = new(new Dictionary<string, NamedCalendar> { ["holidays"] = new() { Name = "holidays", Days = ["2026-12-24..2026-12-26", "01-01"] } });

    [Theory]
    [InlineData("mon-fri 22:00-06:00", "", "2026-11-21T05:59:00Z", "2026-11-21T06:00:00Z")] // Friday's, until Saturday morning.
    [InlineData("mon-fri 22:00-06:00", "", "2026-11-21T06:00:00Z", "2026-11-23T22:00:00Z")]
    [InlineData("", "fri 18:00-24:00;sat,sun", "2026-11-20T18:00:00Z", "2026-11-23T00:00:00Z")] // Two that touch are one.
    [InlineData("08:00-18:00", "calendar holidays", "2026-12-23T18:00:00Z", "2026-12-27T08:00:00Z")]
    [InlineData("", "calendar holidays 20:00-04:00", "2026-12-31T23:00:00Z", "2027-01-01T20:00:00Z")]
    [InlineData("", "last friday of month 12:00-13:00", "2026-11-27T12:30:00Z", "2026-11-27T13:00:00Z")]
    public void It_opens_and_shuts_next_when_a_window_or_a_blackout_says_so(string windows, string blackouts, string now, string next) =>
        Assert.Equal(At(next), Hours(windows, blackouts, "UTC").NextChange(At(now), Calendars));

    [Fact]
    public void What_never_changes_has_no_next_change_and_what_was_always_open_did_not_open()
    {
        Assert.Null(Hours("2020-01-01", "", "UTC").NextChange(At("2026-11-21T00:00:00Z"), Calendars));
        Assert.Null(Hours("", "2030-01-01", "UTC").LastOpened(At("2026-11-21T00:00:00Z"), Calendars));
    }

    [Fact]
    public void A_blackout_lasts_from_the_first_of_two_equal_times_to_the_last()
    {
        var berlin = Hours("", "02:00-02:30", "Europe/Berlin");

        Assert.Equal([true, false, false, false, true], new[] { "23:59", "00:00", "00:45", "01:29", "01:30" }.Select((time, index) => berlin.IsOpen(At($"2026-10-2{(index == 0 ? 4 : 5)}T{time}:00Z"), Calendars)));
    }

    [Fact]
    public void It_agrees_with_a_walk_over_every_minute_in_any_zone()
    {
        var cases = from zone in Gen.Elements("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia")
                    from windows in Gen.Elements("", "22:00-06:00", "mon-fri 23:30-00:30;sat", "01:45-02:15;02:15-03:15")
                    from blackouts in Gen.Elements("", "00:00-01:00", "sun 02:00-03:00", "last sunday of month 23:00-02:30")
                    where windows.Length + blackouts.Length > 0
                    from day in Gen.Elements(At("2026-03-28T00:00:00Z"), At("2026-10-24T00:00:00Z"), At("2026-04-04T00:00:00Z"), At("2026-09-05T00:00:00Z"), At("2026-11-01T00:00:00Z"), At("2026-06-01T00:00:00Z"))
                    from minute in Gen.Choose(0, 2000)
                    select (zone, windows, blackouts, now: day.AddMinutes(minute));

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var hours = Hours(one.windows, one.blackouts, one.zone);
            var open = hours.IsOpen(one.now, Calendars);
            var (next, last) = (one.now.AddMinutes(1), one.now);
            while (next < one.now.AddDays(9) && hours.IsOpen(next, Calendars) == open) next = next.AddMinutes(1);
            while (last > one.now.AddDays(-9) && !(hours.IsOpen(last, Calendars) && !hours.IsOpen(last.AddMinutes(-1), Calendars))) last = last.AddMinutes(-1);
            return (next >= one.now.AddDays(9) || hours.NextChange(one.now, Calendars) == next) && (last <= one.now.AddDays(-9) || hours.LastOpened(one.now, Calendars) == last);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static WorkHours Hours(string windows, string blackouts, string zone) => new([.. Windows(windows)], [.. Windows(blackouts)], TimeZoneInfo.FindSystemTimeZoneById(zone));

    private static IEnumerable<TimeWindow> Windows(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(TimeWindow.Parse);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
