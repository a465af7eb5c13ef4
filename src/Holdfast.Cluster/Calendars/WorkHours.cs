using System.Collections.Immutable;

namespace Holdfast.Cluster.Calendars;

/// <summary>When something may work: inside of any window, and outside of every blackout.</summary>
/// <param name="Windows">When it may; none means always.</param>
/// <param name="Blackouts">When it may not; they win.</param>
/// <param name="Zone">Where the clock hangs. From the first of two equal times to the last; what the clocks jump over does not come.</param>
public sealed record WorkHours(ImmutableArray<TimeWindow> Windows, ImmutableArray<TimeWindow> Blackouts, TimeZoneInfo Zone)
{
    // Days before it that a window of some day may reach into: it ends at most 48 hours after its midnight.
    private const int Reach = 2;

    /// <summary>Gets the calendars that it names.</summary>
    public IEnumerable<string> Calendars => Windows.Concat(Blackouts).Select(window => window.Day).OfType<DayRule.Named>().Select(named => named.Calendar);

    /// <summary>Whether it may work.</summary>
    public bool IsOpen(DateTimeOffset now, CalendarBook calendars) => (Windows.IsEmpty || IsIn(Windows, now, calendars)) && !IsIn(Blackouts, now, calendars);

    /// <summary>Whether it is a blackout that keeps it from work.</summary>
    public bool IsBlackedOut(DateTimeOffset now, CalendarBook calendars) => IsIn(Blackouts, now, calendars);

    /// <summary>When it opens or shuts next; null when it never does.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset now, CalendarBook calendars)
    {
        var isOpen = IsOpen(now, calendars);
        var today = WallClock.DayOf(now, Zone);
        // From yesterday on: where clocks go back over midnight, a day comes again.
        for (var day = today.AddDays(-1); day < today.AddDays(DaySet.LongestSearchDays) && day < DateOnly.MaxValue.AddDays(-Reach - 1); day = day.AddDays(1))
        {
            foreach (var edge in EdgesAbout(day, calendars).Where(edge => edge > now).Order())
            {
                if (IsOpen(edge, calendars) != isOpen) return edge;
            }
        }

        return null;
    }

    /// <summary>When it opened last, at or before <paramref name="now"/>, looking back so many days; null when it did not.</summary>
    public DateTimeOffset? LastOpened(DateTimeOffset now, CalendarBook calendars, int days = 40)
    {
        var today = WallClock.DayOf(now, Zone);
        for (var back = 0; back <= days + Reach; back++)
        {
            foreach (var edge in EdgesAbout(today.AddDays(-back), calendars).Where(edge => edge <= now).OrderDescending())
            {
                if (IsOpen(edge, calendars) && !IsOpen(edge.AddTicks(-1), calendars)) return edge;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(WorkHours? other) => other is not null && Windows.SequenceEqual(other.Windows) && Blackouts.SequenceEqual(other.Blackouts) && Zone.Equals(other.Zone);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Windows.Length, Blackouts.Length, Zone);

    private bool IsIn(ImmutableArray<TimeWindow> windows, DateTimeOffset at, CalendarBook calendars)
    {
        if (windows.IsEmpty) return false;
        var today = WallClock.DayOf(at, Zone);
        for (var day = today.AddDays(-Reach); day <= today.AddDays(1); day = day.AddDays(1))
        {
            foreach (var window in windows)
            {
                if (Begins(window, day, calendars) && StartOf(window, day) <= at && at < EndOf(window, day)) return true;
            }
        }

        return false;
    }

    /// <summary>The edges that fall on a day: of what begins on it or ends on it.</summary>
    private IEnumerable<DateTimeOffset> EdgesAbout(DateOnly day, CalendarBook calendars)
    {
        foreach (var window in Windows.Concat(Blackouts))
        {
            for (var begins = day.AddDays(-Reach); begins <= day; begins = begins.AddDays(1))
            {
                if (!Begins(window, begins, calendars)) continue;
                if (StartOf(window, begins) is var start && WallClock.DayOf(start, Zone) == day) yield return start;
                if (EndOf(window, begins) is var end && WallClock.DayOf(end, Zone) == day) yield return end;
            }
        }
    }

    private static bool Begins(TimeWindow window, DateOnly day, CalendarBook calendars) => window.Day?.Includes(day, calendars) != false;

    private DateTimeOffset StartOf(TimeWindow window, DateOnly day) => WallClock.FirstAt(day.ToDateTime(TimeOnly.MinValue) + window.From, Zone);

    private DateTimeOffset EndOf(TimeWindow window, DateOnly day) => WallClock.LastAt(day.ToDateTime(TimeOnly.MinValue) + window.To, Zone);
}
