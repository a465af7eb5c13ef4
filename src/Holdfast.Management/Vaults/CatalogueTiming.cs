namespace Holdfast.Management.Vaults;

/// <summary>When a vault is listed anew: pure.</summary>
internal static class CatalogueTiming
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromMinutes(10);

    /// <summary>Whether it is time.</summary>
    /// <param name="listed">When it was listed last; null when it never was.</param>
    /// <param name="failed">When that failed since; null when it did not.</param>
    public static bool IsDue(DateTimeOffset? listed, DateTimeOffset? failed, DateTimeOffset now) => failed is { } at ? now - at >= AfterTrouble : listed is not { } last || now - last >= Every;
}
