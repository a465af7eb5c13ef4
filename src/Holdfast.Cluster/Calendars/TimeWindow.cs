using System.Globalization;

namespace Holdfast.Cluster.Calendars;

/// <summary>A time of each day, or of some days: <c>22:00-06:00</c>, <c>sat,sun</c>, <c>last friday of month 18:00-24:00</c>.</summary>
/// <param name="Day">The days on which it begins; null for every day.</param>
/// <param name="From">Its start, from midnight on the clock on the wall.</param>
/// <param name="To">Its end, at most 48 hours after that midnight: one of the next day means over midnight.</param>
public sealed record TimeWindow(DayRule? Day, TimeSpan From, TimeSpan To)
{
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says why, without a full stop.</exception>
    public static TimeWindow Parse(string text)
    {
        var trimmed = text.Trim();
        var at = trimmed.LastIndexOf(' ');
        var last = trimmed[(at + 1)..];
        if (!last.Contains(':', StringComparison.Ordinal)) return new(DayRule.Parse(trimmed), TimeSpan.Zero, OneDay);
        if (last.Split('-') is not [var first, var second] || Time(first) is not { } from || Time(second) is not { } to || from == to || from == OneDay)
            throw new FormatException($"'{last}' is not a time of day with two different ends; write 22:00-06:00, with the days before it if it is not for all of them");
        return new(at < 0 ? null : DayRule.Parse(trimmed[..at]), from, to > from ? to : to + OneDay);
    }

    private static TimeSpan? Time(string text) => text == "24:00" ? OneDay
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToTimeSpan() : null;
}
