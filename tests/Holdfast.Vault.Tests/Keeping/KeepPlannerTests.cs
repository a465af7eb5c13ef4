using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Keeping;

public class KeepPlannerTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddHours(1);

    [Fact]
    public void Without_rules_everything_is_kept()
    {
        var decision = Assert.Single(KeepPlanner.Decide([Some.Snapshot(1)], new(), Now));

        Assert.Equal(["policy is empty"], decision.Reasons);
    }

    [Fact]
    public void Each_rule_says_what_it_keeps()
    {
        Snapshot[] list = [.. Enumerable.Range(0, 6).Select(day => Some.Snapshot(day, Some.Noon.AddDays(-day)))];

        var decisions = KeepPlanner.Decide(list, new() { Last = 1, Daily = 2, Monthly = 2, Yearly = 1 }, Now);

        Assert.Equal(["last snapshot", "daily snapshot", "monthly snapshot", "yearly snapshot"], decisions[0].Reasons);
        Assert.Equal(["daily snapshot"], decisions[1].Reasons);
        Assert.All(decisions.Skip(2), decision => Assert.False(decision.Keep));
    }

    [Fact]
    public void A_day_is_counted_where_the_backup_was_made()
    {
        var late = Some.Snapshot(1, new(2026, 3, 30, 23, 30, 0, TimeSpan.FromHours(-5)));
        var nextDayThere = Some.Snapshot(2, new(2026, 3, 31, 0, 30, 0, TimeSpan.FromHours(-5)));

        var decisions = KeepPlanner.Decide([late, nextDayThere], new() { Daily = 5 }, Now.AddDays(9));

        Assert.All(decisions, decision => Assert.True(decision.Keep)); // In UTC both are on 31 March.
    }

    [Fact]
    public void A_held_snapshot_stays_whatever_the_rules_say()
    {
        var held = Some.Snapshot(1, Some.Noon.AddYears(-9), "web1", ReservedTags.Hold);

        var decisions = KeepPlanner.Decide([held, Some.Snapshot(2)], new() { Last = 1 }, Now);

        Assert.Equal(["legal hold"], decisions[1].Reasons);
    }

    [Fact]
    public void Within_counts_back_from_the_newest_that_is_not_in_the_future()
    {
        Snapshot[] list = [Some.Snapshot(1, Now.AddYears(3)), Some.Snapshot(2, Some.Noon), Some.Snapshot(3, Some.Noon.AddDays(-1)), Some.Snapshot(4, Some.Noon.AddDays(-3))];

        var kept = KeepPlanner.Decide(list, new() { Within = new(0, 0, 2, 0) }, Now).Where(decision => decision.Keep);

        Assert.Equal(list[..3], kept.Select(decision => decision.Snapshot));
    }

    [Theory]
    [InlineData("1m", "2026-03-03T12:00:00")] // 31 February runs over into March, as in restic.
    [InlineData("1y", "2025-03-31T12:00:00")]
    [InlineData("2y1m1d1h", "2024-03-01T11:00:00")]
    [InlineData("13m", "2025-03-03T12:00:00")]
    [InlineData("-1d", "2026-04-01T12:00:00")]
    public void A_span_goes_back_by_the_calendar(string span, string expected)
    {
        Assert.True(KeepSpan.TryParse(span, out var parsed));

        Assert.Equal(DateTimeOffset.Parse(expected + "Z", System.Globalization.CultureInfo.InvariantCulture), parsed.Before(Some.Noon));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("5w")]
    [InlineData("d")]
    [InlineData("-")]
    [InlineData("9999999999y")]
    public void What_is_no_span_is_refused(string text) => Assert.False(KeepSpan.TryParse(text, out _));

    [Fact]
    public void A_span_before_all_calendars_keeps_everything()
    {
        var decisions = KeepPlanner.Decide([Some.Snapshot(1), Some.Snapshot(2, Some.Noon.AddYears(-500))], new() { Within = new(9999, 0, 0, 0) }, Now);

        Assert.All(decisions, decision => Assert.True(decision.Keep));
    }
}
