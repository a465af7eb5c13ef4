using System.Globalization;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Keeping;

/// <summary>Decides which snapshots of one group stay: the same as restic would, and besides what a legal hold keeps.</summary>
public static class KeepPlanner
{
    /// <summary>Decides on one group. Snapshots in the trash are not among them: the caller leaves them out.</summary>
    /// <param name="snapshots">The group, in any order.</param>
    /// <param name="rules">The rules; without any, everything is kept.</param>
    /// <param name="now">Snapshots after this do not move the end from which "within" counts back.</param>
    /// <returns>Every snapshot, the newest first.</returns>
    public static IReadOnlyList<KeepDecision> Decide(IEnumerable<Snapshot> snapshots, KeepRules rules, DateTimeOffset now)
    {
        var list = snapshots.OrderByDescending(snapshot => snapshot.Time).ToList(); // Stable, as restic's.
        if (rules.IsEmpty) return [.. list.Select(snapshot => new KeepDecision(snapshot, ["policy is empty"]))];

        var latest = list.Select(snapshot => snapshot.Time).Where(time => time < now).Cast<DateTimeOffset?>().Max();
        var counted = CountedBuckets(rules);
        var within = WithinBuckets(rules, latest);
        var decisions = new List<KeepDecision>(list.Count);
        for (var number = 0; number < list.Count; number++)
        {
            var snapshot = list[number];
            List<string> reasons = [];
            if (snapshot.IsHeld()) reasons.Add("legal hold");
            reasons.AddRange(rules.Tags.Where(tags => SnapshotFilter.HasAll(snapshot, tags)).Select(tags => $"has tags [{string.Join(", ", tags)}]"));
            if (!rules.Within.IsZero && snapshot.Time > Start(rules.Within, latest)) reasons.Add($"within {rules.Within}");
            foreach (var bucket in counted) bucket.Offer(snapshot.Time, number, reasons);
            foreach (var bucket in within) bucket.Offer(snapshot.Time, number, reasons);
            decisions.Add(new(snapshot, reasons));
        }

        return decisions;
    }

    private static List<KeepBucket> CountedBuckets(KeepRules rules) =>
    [
        new("last snapshot", rules.Last, DateTimeOffset.MinValue, (_, number) => number),
        new("hourly snapshot", rules.Hourly, DateTimeOffset.MinValue, Hour),
        new("daily snapshot", rules.Daily, DateTimeOffset.MinValue, Day),
        new("weekly snapshot", rules.Weekly, DateTimeOffset.MinValue, Week),
        new("monthly snapshot", rules.Monthly, DateTimeOffset.MinValue, Month),
        new("yearly snapshot", rules.Yearly, DateTimeOffset.MinValue, Year),
    ];

    private static List<KeepBucket> WithinBuckets(KeepRules rules, DateTimeOffset? latest)
    {
        return
        [
            Bucket("hourly", rules.WithinHourly, Hour),
            Bucket("daily", rules.WithinDaily, Day),
            Bucket("weekly", rules.WithinWeekly, Week),
            Bucket("monthly", rules.WithinMonthly, Month),
            Bucket("yearly", rules.WithinYearly, Year),
        ];

        KeepBucket Bucket(string name, KeepSpan span, Func<DateTimeOffset, int, int> slot) =>
            new($"{name} within {span}", span.IsZero ? 0 : KeepRules.Unlimited, Start(span, latest), slot);
    }

    // All in the future: restic then counts back from the year 1, so that everything is within.
    private static DateTimeOffset Start(KeepSpan span, DateTimeOffset? latest) => latest is { } end ? span.Before(end) : DateTimeOffset.MinValue;

    private static int Hour(DateTimeOffset time, int number) => (((((time.Year * 100) + time.Month) * 100) + time.Day) * 100) + time.Hour;

    private static int Day(DateTimeOffset time, int number) => (((time.Year * 100) + time.Month) * 100) + time.Day;

    private static int Week(DateTimeOffset time, int number) => (ISOWeek.GetYear(time.DateTime) * 100) + ISOWeek.GetWeekOfYear(time.DateTime);

    private static int Month(DateTimeOffset time, int number) => (time.Year * 100) + time.Month;

    private static int Year(DateTimeOffset time, int number) => time.Year;
}
