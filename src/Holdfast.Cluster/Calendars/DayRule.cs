namespace Holdfast.Cluster.Calendars;

/// <summary>Some days, in words: <c>mon-fri</c>, <c>2026-12-24..2027-01-02</c>, <c>12-24..01-02</c> of every year, <c>last friday of month</c>, <c>calendar holidays</c>.</summary>
public abstract record DayRule
{
    private DayRule()
    {
    }

    /// <summary>Days of the week.</summary>
    /// <param name="Bits">Bit n is set for day n, Sunday being 0.</param>
    public sealed record Weekdays(byte Bits) : DayRule;

    /// <summary>Dates, both ends included.</summary>
    public sealed record Dates(DateOnly From, DateOnly To) : DayRule;

    /// <summary>The same dates of every year, both ends included; an end before the start is in the next year.</summary>
    /// <param name="From">Month times 100 and day.</param>
    /// <param name="To">Month times 100 and day.</param>
    public sealed record Yearly(int From, int To) : DayRule;

    /// <summary>One day of each month: the nth of some weekdays.</summary>
    /// <param name="Ordinal">Which, from 1; -1 for the last.</param>
    /// <param name="Bits">Of which weekdays, as in <see cref="Weekdays"/>.</param>
    public sealed record OfMonth(int Ordinal, byte Bits) : DayRule;

    /// <summary>The days of a named calendar.</summary>
    public sealed record Named(string Calendar) : DayRule;

    /// <summary>Whether a day is one of them. Of a calendar that is not there no day is.</summary>
    public bool Includes(DateOnly day, CalendarBook calendars) => this switch
    {
        Weekdays weekdays => Has(weekdays.Bits, day),
        Dates dates => day >= dates.From && day <= dates.To,
        Yearly yearly => (day.Month * 100) + day.Day is var date && (yearly.From <= yearly.To ? date >= yearly.From && date <= yearly.To : date >= yearly.From || date <= yearly.To),
        OfMonth of => Has(of.Bits, day) && IsNth(of, day),
        Named named => calendars.Find(named.Calendar)?.Includes(day, CalendarBook.Empty) == true,
        _ => false,
    };

    /// <summary>Reads one.</summary>
    /// <exception cref="FormatException">It is none; the message says what it may be, without a full stop.</exception>
    public static DayRule Parse(string text) => DayRuleText.Parse(text);

    private static bool IsNth(OfMonth rule, DateOnly day)
    {
        if (rule.Ordinal < 0) // The last: no later one in this month.
        {
            for (var later = day.AddDays(1); later.Month == day.Month; later = later.AddDays(1))
            {
                if (Has(rule.Bits, later)) return false;
            }

            return true;
        }

        var count = 0;
        for (var date = 1; date <= day.Day; date++)
        {
            if (Has(rule.Bits, new DateOnly(day.Year, day.Month, date))) count++;
        }

        return count == rule.Ordinal;
    }

    private static bool Has(byte bits, DateOnly day) => (bits >> (int)day.DayOfWeek & 1) != 0;
}
