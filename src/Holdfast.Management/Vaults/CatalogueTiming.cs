namespace Holdfast.Management.Vaults;

/// <summary>When a vault is listed anew: pure.</summary>
internal static class CatalogueTiming
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ShortestRest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRest = TimeSpan.FromHours(1);

    /// <summary>When it is time.</summary>
    /// <param name="listed">When it was listed last; null when it never was.</param>
    /// <param name="failed">When that failed since; null when it did not.</param>
    public static DateTimeOffset NextDue(DateTimeOffset? listed, DateTimeOffset? failed) => failed is { } at ? at + AfterTrouble : listed is { } last ? last + Every : DateTimeOffset.MinValue;

    /// <summary>How long nobody has to look which vaults are due.</summary>
    /// <param name="due">When each of them is; those that are due now were tried.</param>
    /// <returns>From 5 seconds, also where something is due that could not even be tried, to an hour, because clocks are set.</returns>
    public static TimeSpan RestUntil(IEnumerable<DateTimeOffset> due, DateTimeOffset now) =>
        due.Min(at => (DateTimeOffset?)at) is { } first && first < now + LongestRest ? (first > now + ShortestRest ? first - now : ShortestRest) : LongestRest;
}
