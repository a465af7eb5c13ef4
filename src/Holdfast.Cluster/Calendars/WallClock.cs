namespace Holdfast.Cluster.Calendars;

/// <summary>Instants of local times, also where clocks change.</summary>
internal static class WallClock
{
    /// <summary>When a local time comes, or, when it does not exist, when the clocks jump over it; of two equal ones the first.</summary>
    public static DateTimeOffset FirstAt(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return Instant(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local));
    }

    /// <summary>As <see cref="FirstAt"/>, but of two equal ones the last.</summary>
    public static DateTimeOffset LastAt(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return Instant(local, zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetUtcOffset(local));
    }

    /// <summary>The day that it is on the wall.</summary>
    public static DateOnly DayOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private static DateTimeOffset Instant(DateTime local, TimeSpan offset) => new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), offset).ToUniversalTime();
}
