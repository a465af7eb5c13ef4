using Holdfast.Cluster.Calendars;

namespace Holdfast.Cluster.Jobs;

/// <summary>When a job's runs are due.</summary>
public abstract record JobSchedule
{
    private JobSchedule()
    {
    }

    /// <summary>At times of the clock on the wall.</summary>
    public sealed record Cron(CronExpression Expression, TimeZoneInfo Zone) : JobSchedule;

    /// <summary>Again and again.</summary>
    /// <param name="Interval">The time between.</param>
    /// <param name="FromEnd">Whether it is counted from the end of the last run; else from when that was due, so that runs do not drift with how long they take.</param>
    public sealed record Every(TimeSpan Interval, bool FromEnd = false) : JobSchedule;

    /// <summary>Always: the next run follows the one before after a pause.</summary>
    public sealed record Continuous(TimeSpan Pause) : JobSchedule;

    /// <summary>Only when somebody asks.</summary>
    public sealed record OnDemand : JobSchedule;

    /// <summary>The first time after <paramref name="handled"/> at which a run is due; null when none is by itself.</summary>
    /// <param name="handled">Up to when everything that was due is settled.</param>
    /// <param name="lastEnded">When the last run ended; null before the first.</param>
    /// <param name="days">The days on which runs are due at all.</param>
    /// <param name="zone">Where those days begin and end.</param>
    /// <param name="calendars">The named calendars.</param>
    public DateTimeOffset? Next(DateTimeOffset handled, DateTimeOffset? lastEnded, DaySet days, TimeZoneInfo zone, CalendarBook calendars)
    {
        switch (this)
        {
            case Cron cron:
                return NextOn(cron, handled, days, calendars);
            case Every { FromEnd: true } every:
                return On(days, zone, calendars, (lastEnded > handled ? lastEnded.Value : handled) + every.Interval, null);
            case Every every:
                return On(days, zone, calendars, handled + every.Interval, every.Interval);
            case Continuous continuous:
                return On(days, zone, calendars, lastEnded is { } ended ? ended + continuous.Pause : handled, null);
            default:
                return null;
        }
    }

    private static DateTimeOffset? NextOn(Cron cron, DateTimeOffset handled, DaySet days, CalendarBook calendars)
    {
        var after = handled;
        while (cron.Expression.Next(after, cron.Zone)?.ToUniversalTime() is { } due)
        {
            var day = WallClock.DayOf(due, cron.Zone);
            if (days.IsEveryDay || days.Includes(day, calendars)) return due;
            if (days.After(day, calendars) is not { } next) return null;
            // The tick before that day begins, and never back: there the day may have begun twice.
            after = WallClock.FirstAt(next.ToDateTime(TimeOnly.MinValue), cron.Zone).AddTicks(-1) is var eve && eve > due ? eve : due;
        }

        return null;
    }

    /// <summary>An instant, or else the first on a wanted day: on the grid of an interval when there is one, or as the day begins.</summary>
    private static DateTimeOffset? On(DaySet days, TimeZoneInfo zone, CalendarBook calendars, DateTimeOffset at, TimeSpan? interval)
    {
        while (!days.IsEveryDay && WallClock.DayOf(at, zone) is var day && !days.Includes(day, calendars))
        {
            if (days.After(day, calendars) is not { } next) return null;
            var begins = WallClock.FirstAt(next.ToDateTime(TimeOnly.MinValue), zone);
            if (interval is not { } step) return begins > at ? begins : at;
            at += step * Math.Max(1, Math.Ceiling((begins - at) / step)); // One longer than a day may step over it, and goes on looking.
        }

        return at;
    }
}
