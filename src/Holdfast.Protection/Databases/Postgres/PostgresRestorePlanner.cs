using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Chooses the base backup, the timeline and the log for a target, or says what is missing. Pure.</summary>
public static class PostgresRestorePlanner
{
    private const int NamedGaps = 5;

    /// <summary>Makes the plan.</summary>
    /// <param name="chain">What there is.</param>
    /// <param name="target">How far to go.</param>
    /// <param name="baseId">The beginning of the id of the base backup to use; null for the best.</param>
    /// <exception cref="HoldfastException"><c>database.no-base</c>, <c>database.target-too-early</c>, <c>database.target-too-late</c>, <c>database.wal-missing</c>,
    /// <c>database.timeline-unknown</c>, <c>database.target-invalid</c>.</exception>
    public static PostgresRestorePlan Plan(PostgresChain chain, RecoveryTarget target, string? baseId)
    {
        if (chain.Bases.Count == 0) throw new HoldfastException(ErrorKind.NotFound, "database.no-base", "The vault has log of this database, but no base backup.", "Take one: holdfast database backup");
        var timeline = TimelineOf(chain, target.Timeline);
        var candidates = chain.Bases.Where(each => baseId is null || each.Snapshot.Snapshot.Id.StartsWith(baseId, StringComparison.Ordinal)).ToList();
        if (candidates.Count == 0) throw new HoldfastException(ErrorKind.NotFound, "database.no-base", $"No base backup of this database has an id that begins with '{baseId}'.", "See what there is: holdfast database list");
        var onTimeline = candidates.Where(each => timeline.Covers(each.Base.Timeline, each.Base.Stop)).ToList();
        if (onTimeline.Count == 0) throw new HoldfastException(ErrorKind.Conflict, "database.timeline-unknown", $"No base backup leads to timeline {timeline.Timeline}.", "Name another with --timeline, or another base with --base.");

        var before = onTimeline.Where(each => IsBefore(each.Base, target)).ToList();
        if (before.Count == 0)
        {
            throw new HoldfastException(ErrorKind.Conflict, "database.target-too-early", $"The target lies before the end of the oldest base backup ({Text(onTimeline[0].Base.StopTime)}, {onTimeline[0].Base.Stop}).", "Choose a later target.");
        }

        var (snapshot, chosen) = before[^1];
        var log = LogOf(chain, chosen, timeline, target);
        var histories = chain.Histories.Values.Where(each => each.History.Timeline == timeline.Timeline || timeline.Switches.Any(step => step.Timeline == each.History.Timeline))
            .OrderBy(each => each.History.Timeline).Select(each => each.File);
        return new(snapshot, chosen, timeline, [.. histories, .. log]);
    }

    private static TimelineHistory TimelineOf(PostgresChain chain, uint? wanted)
    {
        var newest = chain.Bases.Select(each => each.Base.Timeline).Concat(chain.Histories.Keys).Concat(chain.Segments.Keys.Select(segment => segment.Timeline)).Max();
        var number = wanted ?? newest;
        if (number == 1) return TimelineHistory.First;
        return chain.Histories.TryGetValue(number, out var known) ? known.History
            : throw new HoldfastException(ErrorKind.Conflict, "database.timeline-unknown", $"The history of timeline {number} ({WalFiles.HistoryName(number)}) is not in the vault.",
                wanted is null ? $"Run a log backup where the database runs, or follow an older timeline: --timeline {number - 1}" : "Name another with --timeline.");
    }

    private static bool IsBefore(PostgresBase candidate, RecoveryTarget target) => target switch
    {
        RecoveryTarget.Moment moment => candidate.StopTime <= moment.Time,
        RecoveryTarget.Place place => candidate.Stop <= PlaceOf(place),
        // A transaction that had begun before may have ended before, too.
        RecoveryTarget.Transaction transaction => candidate.NextTransaction <= transaction.Id,
        _ => true,
    };

    private static Lsn PlaceOf(RecoveryTarget.Place place) => Lsn.TryParse(place.Position)
        ?? throw new HoldfastException(ErrorKind.Invalid, "database.target-invalid", $"'{place.Position}' is no place in the log.", "Write it as PostgreSQL does: 16/B374D848");

    /// <summary>The segments from the base's start as far as the target needs, without a gap.</summary>
    private static List<StoredLogFile> LogOf(PostgresChain chain, PostgresBase chosen, TimelineHistory timeline, RecoveryTarget target)
    {
        var bytes = chosen.SegmentBytes;
        var first = chosen.Start.SegmentNumber(bytes);
        var consistent = chosen.Stop.LastSegmentNumber(bytes);
        var end = chain.Segments.Keys.Where(segment => timeline.TimelinesOf(segment.Number, bytes).Contains(segment.Timeline)).Select(segment => segment.Number).DefaultIfEmpty(consistent).Max();
        // Recovery that never gets to where the timeline begins ends in an error: that place is needed, too.
        if (timeline.Switches.Count > 0 && timeline.Timeline != chosen.Timeline) end = Math.Max(end, timeline.Switches[^1].Until.SegmentNumber(bytes));
        var last = target switch
        {
            RecoveryTarget.Consistent => consistent,
            RecoveryTarget.Place place => PlaceOf(place).LastSegmentNumber(bytes),
            _ => Math.Max(end, consistent),
        };
        List<StoredLogFile> log = [];
        List<string> missing = [];
        var reached = default(DateTimeOffset);
        for (var number = first; number <= last; number++)
        {
            if (Find(chain, timeline, number, bytes) is { } file)
            {
                log.Add(file);
                if (file.WrittenAt > reached) reached = file.WrittenAt;
                // A segment that was written to after the moment: in it, or before, lies all that is wanted. One more, for the moment may be its very end.
                if (target is RecoveryTarget.Moment moment && number > consistent && file.WrittenAt > moment.Time && missing.Count == 0) last = Math.Min(last, number + 1);
                continue;
            }

            // What comes after the target's segments is welcome, not needed.
            if (target is RecoveryTarget.Moment { Time: var time } && number > consistent && reached > time && missing.Count == 0) break;
            missing.Add(new WalSegment(timeline.TimelinesOf(number, bytes).First(), number).Name(bytes));
            if (missing.Count > NamedGaps) break;
        }

        if (missing.Count > 0) throw Missing(missing, reached, target);
        if (target is RecoveryTarget.Moment late && late.Time > reached) throw new HoldfastException(ErrorKind.Conflict, "database.target-too-late", $"The log in the vault ends at {Text(reached)}, before {Text(late.Time)}.", "Run a log backup where the database runs, choose an earlier time, or restore to the latest.");
        return log;
    }

    private static StoredLogFile? Find(PostgresChain chain, TimelineHistory timeline, ulong number, long bytes)
    {
        foreach (var candidate in timeline.TimelinesOf(number, bytes))
        {
            if (chain.Segments.TryGetValue(new(candidate, number), out var file)) return file;
        }

        return null;
    }

    private static HoldfastException Missing(List<string> names, DateTimeOffset reached, RecoveryTarget target) => new(ErrorKind.Conflict, "database.wal-missing",
        target is RecoveryTarget.Place && reached == default
            ? $"The vault does not have the log up to there: {names[0]} is missing."
            : $"The log has a gap: {string.Join(", ", names.Take(NamedGaps))}{(names.Count > NamedGaps ? " and more are" : names.Count > 1 ? " are" : " is")} not in the vault.",
        reached == default ? "Choose another base with --base." : $"Run a log backup where the database runs, choose a target before {Text(reached)}, or another base with --base.");

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
