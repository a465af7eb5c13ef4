using System.Collections.Immutable;

namespace Holdfast.Cluster.Calendars;

/// <summary>Days that some rules name and others take out again.</summary>
/// <param name="Days">Which; none means every day.</param>
/// <param name="Except">Which are taken out.</param>
public sealed record DaySet(ImmutableArray<DayRule> Days, ImmutableArray<DayRule> Except)
{
    /// <summary>How far ahead a day is looked for: a 29 February on one weekday may be 40 years away.</summary>
    public const int LongestSearchDays = 41 * 366;

    /// <summary>Gets all days.</summary>
    public static DaySet EveryDay { get; } = new([], []);

    /// <summary>Gets whether nothing is left out.</summary>
    public bool IsEveryDay => Days.IsEmpty && Except.IsEmpty;

    /// <summary>Gets the calendars that it names.</summary>
    public IEnumerable<string> Calendars => Days.Concat(Except).OfType<DayRule.Named>().Select(named => named.Calendar);

    /// <summary>Whether a day is one of them.</summary>
    public bool Includes(DateOnly day, CalendarBook calendars) =>
        (Days.IsEmpty || Days.Any(rule => rule.Includes(day, calendars))) && !Except.Any(rule => rule.Includes(day, calendars));

    /// <summary>The first of them after a day; null when none comes.</summary>
    public DateOnly? After(DateOnly day, CalendarBook calendars)
    {
        for (var searched = 0; searched < LongestSearchDays && day < DateOnly.MaxValue.AddDays(-2); searched++)
        {
            day = day.AddDays(1);
            if (Includes(day, calendars)) return day;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(DaySet? other) => other is not null && Days.SequenceEqual(other.Days) && Except.SequenceEqual(other.Except);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Days.Length, Except.Length);
}
