namespace Holdfast.Cluster.Jobs;

/// <summary>
/// A cron expression of five fields (minute, hour, day of month, month, day of week), or one of <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c>
/// and <c>@yearly</c>. Days match as in every cron: when both day fields are restricted, either is enough.
/// </summary>
/// <remarks>
/// Where clocks change: a time that names its hours happens once a day, at the first of two equal times and, when it does not exist that day, as the clocks jump over
/// it. With <c>*</c> for the hour it goes on by the clock on the wall's minutes, as often as they come.
/// </remarks>
public sealed class CronExpression : IEquatable<CronExpression>
{
    // The longest wait of any date that comes at all is for a 29 February on one weekday, over a century without one.
    private const int LongestSearchDays = 41 * 366;

    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;

    private CronExpression(string text, string[] fields)
    {
        Text = text;
        _minutes = CronField.Parse(fields[0], "minute", 0, 59);
        _hours = CronField.Parse(fields[1], "hour", 0, 23);
        _days = CronField.Parse(fields[2], "day of month", 1, 31);
        _months = CronField.Parse(fields[3], "month", 1, 12);
        _weekdays = CronField.Parse(fields[4], "day of week", 0, 7);
        if (_weekdays.Has(7)) _weekdays = _weekdays with { Bits = _weekdays.Bits | 1 }; // Sunday is 0 and 7.
    }

    /// <summary>Gets the expression as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is none; the message says which field is wrong, without a full stop.</exception>
    public static CronExpression Parse(string text)
    {
        var written = text.Trim();
        var fields = (written switch
        {
            "@hourly" => "0 * * * *",
            "@daily" or "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" or "@annually" => "0 0 1 1 *",
            _ => written,
        }).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5 ? new CronExpression(written, fields)
            : throw new FormatException($"'{text}' has {fields.Length} fields; a cron expression has 5: minute, hour, day of month, month, day of week");
    }

    /// <summary>The first instant after <paramref name="after"/> that matches; null when none ever does (30 February).</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        // A day earlier, because the times of one date can come after those of the next where clocks are put back over midnight.
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).Date).AddDays(-1);
        for (var searched = 0; searched < LongestSearchDays && day < DateOnly.MaxValue.AddDays(-2); searched++, day = day.AddDays(1))
        {
            if (Matches(day) && NextOn(day, after, zone) is { } found) return found;
        }

        return null;
    }

    /// <inheritdoc/>
    public bool Equals(CronExpression? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CronExpression);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private bool Matches(DateOnly day)
    {
        if (!_months.Has(day.Month)) return false;
        var (date, weekday) = (_days.Has(day.Day), _weekdays.Has((int)day.DayOfWeek));
        return _days.IsAny || _weekdays.IsAny ? date && weekday : date || weekday;
    }

    private DateTimeOffset? NextOn(DateOnly day, DateTimeOffset after, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        var offset = zone.GetUtcOffset(midnight);
        if (!zone.IsInvalidTime(midnight) && !zone.IsAmbiguousTime(midnight) && IsPlain(midnight, offset, zone)) return NextPlain(midnight, offset, after);

        DateTimeOffset? first = null;
        for (var hour = _hours.From(0); hour >= 0; hour = _hours.From(hour + 1))
        {
            for (var minute = _minutes.From(0); minute >= 0; minute = _minutes.From(minute + 1))
            {
                foreach (var instant in InstantsOf(midnight.AddMinutes((hour * 60) + minute), zone))
                {
                    if (instant > after && (first is null || instant < first)) first = instant;
                }
            }
        }

        return first;
    }

    /// <summary>Whether the day has one offset from UTC throughout, as all but two a year have.</summary>
    private static bool IsPlain(DateTime midnight, TimeSpan offset, TimeZoneInfo zone)
    {
        for (var hour = 1; hour <= 24; hour++)
        {
            var local = midnight.AddHours(hour);
            if (zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local) || zone.GetUtcOffset(local) != offset) return false;
        }

        // Jumps of half an hour are between two full ones.
        return !zone.IsAmbiguousTime(midnight.AddMinutes(90)) && zone.GetUtcOffset(midnight.AddMinutes(-1)) == offset;
    }

    private DateTimeOffset? NextPlain(DateTime midnight, TimeSpan offset, DateTimeOffset after)
    {
        var start = new DateTimeOffset(midnight, offset);
        var from = after < start ? 0 : (int)Math.Min((after - start).TotalMinutes, 1440) + 1;
        for (var hour = _hours.From(from / 60); hour >= 0; hour = _hours.From(hour + 1))
        {
            var minute = _minutes.From(hour == from / 60 ? from % 60 : 0);
            if (minute >= 0) return start.AddMinutes((hour * 60) + minute);
        }

        return null;
    }

    private IEnumerable<DateTimeOffset> InstantsOf(DateTime local, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(local))
        {
            if (!_hours.IsAny) yield return EndOfGap(local, zone);
        }
        else if (zone.IsAmbiguousTime(local))
        {
            var instants = zone.GetAmbiguousTimeOffsets(local).Select(offset => new DateTimeOffset(local, offset)).Order().ToList();
            yield return instants[0];
            if (_hours.IsAny) yield return instants[^1];
        }
        else
        {
            yield return new DateTimeOffset(local, zone.GetUtcOffset(local));
        }
    }

    private static DateTimeOffset EndOfGap(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
