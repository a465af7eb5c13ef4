using System.Globalization;

namespace Holdfast.Management.Compliance;

/// <summary>Times as people read them.</summary>
internal static class Words
{
    /// <summary>A duration in its two largest units: <c>2 h 5 min</c>.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        return span.TotalSeconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s")
            : span.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.Seconds} s")
            : span.TotalHours < 1 ? Two(span.Minutes, "min", span.Seconds, "s")
            : span.TotalDays < 1 ? Two(span.Hours, "h", span.Minutes, "min")
            : Two((int)span.TotalDays, "d", span.Hours, "h");
    }

    /// <summary>A time.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Two(int large, string unit, int small, string smaller) => string.Create(CultureInfo.InvariantCulture, $"{large} {unit}{(small == 0 ? "" : $" {small} {smaller}")}");
}
