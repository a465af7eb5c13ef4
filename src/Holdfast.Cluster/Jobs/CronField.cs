using System.Globalization;

namespace Holdfast.Cluster.Jobs;

/// <summary>One field of a cron expression: which of its values match.</summary>
/// <param name="Bits">Bit n is set when value n matches.</param>
/// <param name="IsAny">Whether it began with <c>*</c>: such a field does not restrict the days together with another.</param>
internal readonly record struct CronField(ulong Bits, bool IsAny)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>Whether a value matches.</summary>
    public bool Has(int value) => (Bits >> value & 1) != 0;

    /// <summary>The first matching value from <paramref name="value"/> on; -1 when there is none.</summary>
    public int From(int value)
    {
        var rest = value > 63 ? 0 : Bits >> value;
        return rest == 0 ? -1 : value + System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    /// <summary>Reads lists of values, ranges and steps: <c>*/15</c>, <c>1-5</c>, <c>mon,wed</c>.</summary>
    /// <exception cref="FormatException">It is none; the message names the field.</exception>
    public static CronField Parse(string text, string name, int least, int most)
    {
        ulong bits = 0;
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') switch
            {
                [var all] => (all, 1),
                [var some, var every] => (some, Number(every, name, 1, most + 1)),
                _ => throw Wrong(part, name, least, most),
            };
            var (from, to) = range.Split('-') switch
            {
                ["*"] => (least, most),
                // A single value with a step goes on to the end, as every cron has it.
                [var one] => Number(one, name, least, most) is var value && part.Contains('/', StringComparison.Ordinal) ? (value, most) : (value, value),
                [var first, var last] => (Number(first, name, least, most), Number(last, name, least, most)),
                _ => throw Wrong(part, name, least, most),
            };
            if (from > to) throw new FormatException($"the range '{range}' of the {name} goes backwards");
            for (var value = from; value <= to; value += step) bits |= 1UL << value;
        }

        return new CronField(bits, text.StartsWith('*'));
    }

    private static int Number(string text, string name, int least, int most)
    {
        if (Named(text, name) is { } named) return named;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : throw Wrong(text, name, least, most);
    }

    private static int? Named(string text, string name) => name switch
    {
        "month" when Array.IndexOf(Months, text.ToLowerInvariant()) is >= 0 and var month => month + 1,
        "day of week" when Array.IndexOf(Weekdays, text.ToLowerInvariant()) is >= 0 and var day => day,
        _ => null,
    };

    private static FormatException Wrong(string text, string name, int least, int most) => new($"'{text}' is no {name}; it is from {least} to {most}, a range such as {least}-{most}, a list, or a step such as */2");
}
