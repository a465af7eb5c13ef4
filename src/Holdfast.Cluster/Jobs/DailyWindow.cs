namespace Holdfast.Cluster.Jobs;

/// <summary>A time of each day in which a job may work.</summary>
/// <param name="From">Its start, on the clock on the wall.</param>
/// <param name="To">Its end; earlier than <paramref name="From"/> means over midnight.</param>
/// <param name="Zone">Where that clock hangs.</param>
public sealed record DailyWindow(TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    /// <summary>Whether it is open.</summary>
    public bool IsOpen(DateTimeOffset now) => TimeOnly.FromTimeSpan(TimeZoneInfo.ConvertTime(now, Zone).TimeOfDay).IsBetween(From, To);

    /// <summary>When it opens or closes next.</summary>
    public DateTimeOffset NextChange(DateTimeOffset now) => Following(now, IsOpen(now) ? To : From);

    /// <summary>When it opened last, at or before <paramref name="now"/>.</summary>
    public DateTimeOffset LastOpened(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone);
        var opened = At(local.Date + From.ToTimeSpan());
        return opened <= now ? opened : At(local.Date.AddDays(-1) + From.ToTimeSpan());
    }

    private DateTimeOffset Following(DateTimeOffset now, TimeOnly time)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone);
        for (var day = 0; ; day++)
        {
            if (At(local.Date.AddDays(day) + time.ToTimeSpan()) is var instant && instant > now) return instant;
        }
    }

    private DateTimeOffset At(DateTime local)
    {
        while (Zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return new DateTimeOffset(local, Zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
