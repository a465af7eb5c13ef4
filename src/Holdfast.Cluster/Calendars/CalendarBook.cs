namespace Holdfast.Cluster.Calendars;

/// <summary>The named calendars at one moment.</summary>
public sealed class CalendarBook(IReadOnlyDictionary<string, NamedCalendar> calendars)
{
    /// <summary>Gets one without any.</summary>
    public static CalendarBook Empty { get; } = new(new Dictionary<string, NamedCalendar>());

    /// <summary>The days of a calendar; null when there is none of that name.</summary>
    public DaySet? Find(string name) => calendars.TryGetValue(name, out var calendar) ? calendar.Set : null;
}
