using System.Globalization;

namespace Holdfast.Cluster.Calendars;

/// <summary>Reads the words of a <see cref="DayRule"/>.</summary>
internal static class DayRuleText
{
    private const byte EveryDay = 0b111_1111;
    private const byte Workdays = 0b011_1110;
    private static readonly string[] Short = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly string[] Long = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
    private static readonly string[] Ordinals = ["first", "second", "third", "fourth", "fifth"];

    public static DayRule Parse(string text)
    {
        if (text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is ["calendar", var name]) return Naming.EntityName.IsValid(name) ? new DayRule.Named(name) : throw Wrong(text);
        return text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) switch
        {
            [var ordinal, var what, "of", "month"] when OrdinalOf(ordinal) is { } which && KindOf(what) is { } bits => new DayRule.OfMonth(which, bits),
            ["day", var number, "of", "month"] when int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var date) && date is >= 1 and <= 31 => new DayRule.OfMonth(date, EveryDay),
            [var one] => (DayRule?)Weekdays(one) ?? Dates(one) ?? (DayRule?)Yearly(one) ?? throw Wrong(text),
            _ => throw Wrong(text),
        };
    }

    private static int? OrdinalOf(string word) => word == "last" ? -1 : Array.IndexOf(Ordinals, word) is >= 0 and var index ? index + 1 : null;

    private static byte? KindOf(string word) => word switch
    {
        "day" => EveryDay,
        "workday" => Workdays,
        _ => Weekday(word) is { } day ? (byte)(1 << day) : null,
    };

    private static DayRule.Weekdays? Weekdays(string text)
    {
        byte bits = 0;
        foreach (var part in text.Split(','))
        {
            switch (part.Split('-').Select(Weekday).ToArray())
            {
                case [{ } day]:
                    bits |= (byte)(1 << day);
                    break;
                case [{ } from, { } to]: // fri-mon goes over the week's end.
                    for (var day = from; ; day = (day + 1) % 7)
                    {
                        bits |= (byte)(1 << day);
                        if (day == to) break;
                    }

                    break;
                default:
                    return null;
            }
        }

        return new DayRule.Weekdays(bits);
    }

    private static int? Weekday(string word) => Array.IndexOf(Short, word) is >= 0 and var brief ? brief : Array.IndexOf(Long, word) is >= 0 and var full ? full : null;

    private static DayRule.Dates? Dates(string text) => text.Split("..").Select(Date).ToArray() switch
    {
        [{ } day] => new DayRule.Dates(day, day),
        [{ } from, { } to] => from <= to ? new DayRule.Dates(from, to) : throw new FormatException($"'{text}' ends before it begins"),
        _ => null,
    };

    private static DateOnly? Date(string text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    private static DayRule.Yearly? Yearly(string text) => text.Split("..").Select(DateOfYear).ToArray() switch
    {
        [{ } day] => new DayRule.Yearly(day, day),
        [{ } from, { } to] => new DayRule.Yearly(from, to),
        _ => null,
    };

    // In a leap year, so that 02-29 is a date.
    private static int? DateOfYear(string text) => text.Length == 5 && Date($"2024-{text}") is { } date ? (date.Month * 100) + date.Day : null;

    private static FormatException Wrong(string text) =>
        new($"'{text}' is no day; write mon-fri, 2026-12-24, 2026-12-24..2027-01-02, 12-24 (every year), 'last friday of month', 'first workday of month', 'day 15 of month' or 'calendar NAME'");
}
