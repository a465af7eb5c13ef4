using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cluster.Tests.Jobs;

public sealed class CronExpressionTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("0 2 * * *", "2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z")]
    [InlineData("*/15 * * * *", "2026-11-21T02:00:01Z", "2026-11-21T02:15:00Z")]
    [InlineData("30 22 * * mon-fri", "2026-11-21T00:00:00Z", "2026-11-23T22:30:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-11-01T00:00:00Z", "2026-11-06T00:00:00Z")] // Either day field is enough.
    [InlineData("0 0 */2 * 5", "2026-11-01T00:00:00Z", "2026-11-13T00:00:00Z")] // Both, since one begins with *.
    [InlineData("0 12 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T12:00:00Z")]
    [InlineData("5/20 8 1 JAN *", "2026-11-21T00:00:00Z", "2027-01-01T08:05:00Z")]
    [InlineData("@monthly", "2026-11-21T00:00:00Z", "2026-12-01T00:00:00Z")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z")]
    public void The_next_time_is_the_first_that_matches_after_an_instant(string cron, string after, string next) =>
        Assert.Equal(At(next), CronExpression.Parse(cron).Next(At(after), TimeZoneInfo.Utc));

    [Fact]
    public void A_time_that_does_not_exist_that_day_comes_as_the_clocks_jump_over_it()
    {
        var nightly = CronExpression.Parse("30 2 * * *");

        Assert.Equal(At("2026-03-29T03:00:00+02:00"), nightly.Next(At("2026-03-28T12:00:00Z"), Berlin));
        Assert.Equal(At("2026-03-30T02:30:00+02:00"), nightly.Next(At("2026-03-29T03:00:00+02:00"), Berlin));
    }

    [Fact]
    public void A_time_that_comes_twice_that_day_counts_once()
    {
        var nightly = CronExpression.Parse("30 2 * * *");

        Assert.Equal(At("2026-10-25T02:30:00+02:00"), nightly.Next(At("2026-10-24T12:00:00Z"), Berlin));
        Assert.Equal(At("2026-10-26T02:30:00+01:00"), nightly.Next(At("2026-10-25T02:30:00+02:00"), Berlin));
    }

    [Fact]
    public void With_any_hour_the_minutes_go_on_through_both_changes()
    {
        Assert.Equal(["00:30", "01:00", "01:30"], Series("*/30 * * * *", "2026-03-29T00:00:00Z", 3));
        Assert.Equal(["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"], Series("*/30 * * * *", "2026-10-24T23:00:00Z", 6));
    }

    [Fact]
    public void What_never_comes_has_no_next_time() => Assert.Null(CronExpression.Parse("0 0 30 2 *").Next(At("2026-01-01T00:00:00Z"), Berlin));

    [Theory]
    [InlineData("0 2 * *", "4 fields")]
    [InlineData("60 2 * * *", "'60' is no minute")]
    [InlineData("0 24 * * *", "'24' is no hour")]
    [InlineData("0 2 * foo *", "'foo' is no month")]
    [InlineData("0 2 * * 5-1", "goes backwards")]
    [InlineData("*/0 2 * * *", "'0' is no minute")]
    [InlineData("1-2-3 2 * * *", "is no minute")]
    [InlineData("1/2/3 2 * * *", "is no minute")]
    [InlineData("-1 2 * * *", "is no minute")]
    [InlineData("", "0 fields")]
    public void A_wrong_expression_names_the_field(string cron, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<FormatException>(() => CronExpression.Parse(cron)).Message, StringComparison.Ordinal);

    [Fact]
    public void It_agrees_with_a_walk_over_every_minute_in_any_zone()
    {
        // Written the other way round: every minute of absolute time is looked at on the wall. Zones: two half-hour offsets, one half-hour change, one over midnight.
        string[] zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"];
        var cases = from zone in Gen.Elements(zones)
                    from day in Gen.Choose(0, 730)
                    from minute in Gen.Choose(0, 1439)
                    from pattern in Gen.Elements("*/7 * * * *", "13 * * * *", "30 2 * * *", "0,30 0-3 * * *", "45 23 * * *", "15 1 * * 0", "0 0 * * *")
                    select (zone, After: At("2025-01-01T00:00:00Z").AddDays(day).AddMinutes(minute), pattern);

        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(one.zone);
            return CronExpression.Parse(one.pattern).Next(one.After, zone) == Walk(one.pattern, one.After, zone);
        }).Check(Config.QuickThrowOnFailure);
    }

    /// <summary>The next match by looking at each minute: with any hour, each on the wall; else the first of equal ones, and the end of a gap for those in it.</summary>
    private static DateTimeOffset Walk(string pattern, DateTimeOffset after, TimeZoneInfo zone)
    {
        var cron = CronExpression.Parse(pattern);
        var anyHour = pattern.Split(' ')[1].StartsWith('*');
        for (var at = new DateTimeOffset(after.UtcDateTime.Date, TimeSpan.Zero).AddMinutes(Math.Floor(after.UtcDateTime.TimeOfDay.TotalMinutes)).AddMinutes(1); ; at = at.AddMinutes(1))
        {
            var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
            var before = TimeZoneInfo.ConvertTime(at.AddMinutes(-1), zone).DateTime;
            if (MatchesWall(cron, local) && (anyHour || !WasBefore(local, at, zone))) return at;
            if (anyHour || local <= before.AddMinutes(1)) continue;
            for (var skipped = before.AddMinutes(1); skipped < local; skipped = skipped.AddMinutes(1))
            {
                if (MatchesWall(cron, skipped)) return at;
            }
        }
    }

    // UTC has neither gaps nor doubles, so there the expression says what the wall must show.
    private static bool MatchesWall(CronExpression cron, DateTime local) => cron.Next(new DateTimeOffset(local, TimeSpan.Zero).AddMinutes(-1), TimeZoneInfo.Utc) == new DateTimeOffset(local, TimeSpan.Zero);

    private static bool WasBefore(DateTime local, DateTimeOffset at, TimeZoneInfo zone) =>
        zone.IsAmbiguousTime(local) && zone.GetAmbiguousTimeOffsets(local).Max() != zone.GetUtcOffset(at);

    private static IEnumerable<string> Series(string cron, string after, int count)
    {
        var at = At(after);
        for (var i = 0; i < count; i++)
        {
            at = CronExpression.Parse(cron).Next(at, Berlin)!.Value;
            yield return at.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
