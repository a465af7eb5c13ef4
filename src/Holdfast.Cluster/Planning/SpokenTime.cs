using System.Globalization;

namespace Holdfast.Cluster.Planning;

/// <summary>Durations inside sentences.</summary>
internal static class SpokenTime
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
        [("day", TimeSpan.FromDays(1)), ("hour", TimeSpan.FromHours(1)), ("minute", TimeSpan.FromMinutes(1)), ("second", TimeSpan.FromSeconds(1))];

    /// <summary>Returns <c>1 hour</c>, <c>90 minutes</c>, <c>250 ms</c>: the largest unit that holds it as a whole number.</summary>
    public static string Spoken(this TimeSpan time)
    {
        foreach (var (unit, length) in Units)
        {
            if (time >= length && time.Ticks % length.Ticks == 0) return Count(time.Ticks / length.Ticks, unit);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###} ms");
    }

    /// <summary>Returns <c>1 failure</c>, <c>2 failures</c>.</summary>
    public static string Count(long count, string of) => string.Create(CultureInfo.InvariantCulture, $"{count} {of}{(count == 1 ? "" : "s")}");
}
