using System.Globalization;
using Holdfast.Cluster.Calendars;

namespace Holdfast.Cluster.Tests.Calendars;

public sealed class DayRuleTests
{
    [Theory]
    [InlineData("mon-fri", "2026-11-20", "2026-11-21")]
    [InlineData("fri-mon", "2026-11-22", "2026-11-24")]
    [InlineData("mon,wed", "2026-11-18", "2026-11-17")]
    [InlineData("2026-12-24", "2026-12-24", "2027-12-24")]
    [InlineData("2026-12-24..2027-01-02", "2027-01-02", "2027-01-03")]
    [InlineData("12-24", "2031-12-24", "2031-12-25")]
    [InlineData("12-24..01-02", "2030-01-01", "2030-01-03")]
    [InlineData("02-29", "2028-02-29", "2027-02-28")]
    [InlineData("last friday of month", "2026-11-27", "2026-11-20")]
    [InlineData("Last Fri of month", "2026-02-27", "2026-02-20")]
    [InlineData("second tuesday of month", "2026-11-10", "2026-11-03")]
    [InlineData("fifth sunday of month", "2026-11-29", "2026-11-22")]
    [InlineData("first workday of month", "2026-11-02", "2026-11-01")]
    [InlineData("last workday of month", "2026-10-30", "2026-10-31")]
    [InlineData("last day of month", "2028-02-29", "2028-02-28")]
    [InlineData("day 15 of month", "2026-11-15", "2026-11-14")]
    public void Its_words_name_days(string rule, string one, string none)
    {
        Assert.True(Includes(rule, one));
        Assert.False(Includes(rule, none));
    }

    [Theory]
    [InlineData("someday")]
    [InlineData("mon-")]
    [InlineData("2026-02-30")]
    [InlineData("2026-12-24..2026-12-23")]
    [InlineData("13-01")]
    [InlineData("sixth monday of month")]
    [InlineData("last friday of year")]
    [InlineData("day 32 of month")]
    [InlineData("calendar No")]
    [InlineData("")]
    public void What_names_none_is_refused(string rule) => Assert.Throws<FormatException>(() => DayRule.Parse(rule));

    [Theory]
    [InlineData("22:00-22:00")]
    [InlineData("24:00-06:00")]
    [InlineData("25:00-06:00")]
    [InlineData("fri 1:00-2:00")]
    [InlineData("someday 18:00-20:00")]
    [InlineData("18:00")]
    public void What_is_no_window_is_refused(string window) => Assert.Throws<FormatException>(() => TimeWindow.Parse(window));

    [Fact]
    public void A_calendar_cannot_name_another_and_says_what_is_wrong_with_it()
    {
        var problems = new NamedCalendar { Name = "No", Days = ["mon-fri", "someday"], Except = ["calendar other"] }.Problems().ToList();

        Assert.Equal(["name", "days", "except"], problems.Select(problem => problem.Field));
        Assert.Equal("days", Assert.Single(new NamedCalendar { Name = "c" }.Problems()).Field);
    }

    private static bool Includes(string rule, string day) => DayRule.Parse(rule).Includes(DateOnly.Parse(day, CultureInfo.InvariantCulture), CalendarBook.Empty);
}
