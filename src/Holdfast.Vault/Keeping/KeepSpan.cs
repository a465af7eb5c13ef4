using System.Globalization;
using System.Text;

namespace Holdfast.Vault.Keeping;

/// <summary>A span of the calendar as restic writes it: <c>2y5m7d3h</c>. A month is not a number of days.</summary>
public readonly record struct KeepSpan(int Years, int Months, int Days, int Hours)
{
    private const int Greatest = 100_000;

    /// <summary>Gets whether it is no span at all.</summary>
    public bool IsZero => this == default;

    /// <summary>Reads <c>6y5m234d37h</c>, in any order; a number may be negative. A unit given twice counts as it was given last.</summary>
    public static bool TryParse(string text, out KeepSpan span)
    {
        span = default;
        var rest = text.AsSpan().Trim();
        while (rest.Length > 0)
        {
            var digits = rest[0] == '-' ? 1 : 0;
            while (digits < rest.Length && char.IsAsciiDigit(rest[digits])) digits++;
            if (digits == rest.Length || !int.TryParse(rest[..digits], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || Math.Abs((long)number) > Greatest) return false;

            switch (rest[digits])
            {
                case 'y': span = span with { Years = number }; break;
                case 'm': span = span with { Months = number }; break;
                case 'd': span = span with { Days = number }; break;
                case 'h': span = span with { Hours = number }; break;
                default: return false;
            }

            rest = rest[(digits + 1)..];
        }

        return true;
    }

    /// <summary>The time this long before another. A day that a month does not have runs over into the next month (31 March less a month is 3 March), as restic counts.</summary>
    public DateTimeOffset Before(DateTimeOffset time)
    {
        try
        {
            var month = ((time.Year - Years) * 12) + (time.Month - 1 - Months);
            var first = new DateTimeOffset(Math.DivRem(month, 12, out var index), index + 1, 1, 0, 0, 0, time.Offset);
            return first.AddDays(time.Day - 1 - Days).Add(time.TimeOfDay).AddHours(-(double)Hours);
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTimeOffset.MinValue; // Before any calendar: everything is within.
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (number, unit) in (ReadOnlySpan<(int, char)>)[(Years, 'y'), (Months, 'm'), (Days, 'd'), (Hours, 'h')])
        {
            if (number != 0) text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
        }

        return text.ToString();
    }
}
