using System.Globalization;

namespace Holdfast.Agent.Declarations;

/// <summary>Durations as people write them: a number and one unit, such as <c>250ms</c>, <c>1.5s</c>, <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>2d</c>.</summary>
public static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a duration. A bare number is refused, because nobody can know its unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        if (digits <= 0) return false;

        foreach (var (unit, length) in Units)
        {
            if (!text.AsSpan(digits).SequenceEqual(unit)) continue;
            if (!decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > 1_000_000_000) return false;

            var ticks = count * length.Ticks;
            if (ticks > TimeSpan.FromDays(3650).Ticks) return false;

            duration = TimeSpan.FromTicks((long)ticks);
            return true;
        }

        return false;
    }

    /// <summary>Writes a duration in the largest unit that holds it as a whole number; exact for whole milliseconds.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";

        foreach (var (unit, length) in Units.Reverse())
        {
            if (duration.Ticks % length.Ticks == 0) return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / TimeSpan.TicksPerMillisecond}ms");
    }

    /// <summary>The sentence that says that a text is no duration.</summary>
    public static string Complaint(string text) => $"'{text}' is not a duration; write a number and a unit, such as 250ms, 30s, 5m, 1h or 2d.";
}
