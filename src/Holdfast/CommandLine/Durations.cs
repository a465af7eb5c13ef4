using System.Globalization;

namespace Holdfast.Cli.CommandLine;

/// <summary>Durations as people type them.</summary>
internal static class Durations
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a number with its unit; a bare number is seconds.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? text.Length : end;
        if (!int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;

        var unit = digits == text.Length ? "s" : text[digits..];
        var length = Units.FirstOrDefault(u => u.Unit == unit).Length;
        duration = length * number;
        return length != default;
    }

    public static string Format(TimeSpan duration)
    {
        var (unit, length) = Units.Last(u => duration == TimeSpan.Zero || duration.Ticks % u.Length.Ticks == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / length.Ticks}{unit}");
    }
}
