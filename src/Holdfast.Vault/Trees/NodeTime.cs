using System.Buffers.Text;

namespace Holdfast.Vault.Trees;

/// <summary>A file's time to the nanosecond, with the zone's offset it is written with: a tree that is read and written again stays the same.</summary>
/// <param name="Seconds">Since 1970 in UTC; before it negative.</param>
/// <param name="Nanoseconds">From 0 to 999,999,999.</param>
/// <param name="OffsetMinutes">East of UTC.</param>
public readonly record struct NodeTime(long Seconds, int Nanoseconds, short OffsetMinutes)
{
    private const long YearZero = -62_167_219_200; // 0000-01-01
    private const long UnixToDotNet = 62_135_596_800; // 0001-01-01 to 1970-01-01
    private const long LastSecond = 253_402_300_799; // 9999-12-31T23:59:59

    /// <summary>The longest text in bytes.</summary>
    public const int MaxTextBytes = 40;

    /// <summary>With the offset that a zone has at that time: restic writes times in local time.</summary>
    public static NodeTime In(TimeZoneInfo zone, long seconds, int nanoseconds)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc)) return new(seconds, nanoseconds, 0);
        var at = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, -UnixToDotNet, LastSecond));
        return new(seconds, nanoseconds, (short)zone.GetUtcOffset(at).TotalMinutes);
    }

    /// <summary>Whether it is the same instant, whatever the offset.</summary>
    public bool IsSameInstant(NodeTime other) => Seconds == other.Seconds && Nanoseconds == other.Nanoseconds;

    /// <summary>As .NET has it: to 100 nanoseconds, from the year 1 to 9999.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Seconds, -UnixToDotNet + 86_400, LastSecond - 86_400)).AddTicks(Nanoseconds / 100).ToOffset(TimeSpan.FromMinutes(OffsetMinutes));

    /// <summary>Writes RFC 3339 with as many digits of the second as needed, and says how many bytes.</summary>
    internal int Format(Span<byte> text)
    {
        // Years that four digits cannot hold become the nearest that can, as restic has it.
        var local = Seconds + (OffsetMinutes * 60L);
        var days = Math.DivRem(local, 86_400, out var second);
        if (second < 0) (days, second) = (days - 1, second + 86_400);
        var (year, month, day) = CivilDate.FromDays(days);
        year = Math.Clamp(year, 0, 9999);
        Digits(text, 0, (int)year, 4);
        text[4] = (byte)'-';
        Digits(text, 5, month, 2);
        text[7] = (byte)'-';
        Digits(text, 8, day, 2);
        text[10] = (byte)'T';
        Digits(text, 11, (int)(second / 3600), 2);
        text[13] = (byte)':';
        Digits(text, 14, (int)(second / 60 % 60), 2);
        text[16] = (byte)':';
        Digits(text, 17, (int)(second % 60), 2);
        var at = 19;
        if (Nanoseconds != 0)
        {
            text[at] = (byte)'.';
            Digits(text, at + 1, Nanoseconds, 9);
            at += 10;
            while (text[at - 1] == '0') at--;
        }

        if (OffsetMinutes == 0)
        {
            text[at++] = (byte)'Z';
            return at;
        }

        var offset = Math.Abs(OffsetMinutes);
        text[at] = (byte)(OffsetMinutes < 0 ? '-' : '+');
        Digits(text, at + 1, offset / 60, 2);
        text[at + 3] = (byte)':';
        Digits(text, at + 4, offset % 60, 2);
        return at + 6;
    }

    /// <summary>Reads RFC 3339.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out NodeTime time)
    {
        time = default;
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second)
            || month is < 1 or > 12 || day is < 1 or > 31 || hour > 23 || minute > 59 || second > 60) return false;
        var at = 19;
        var nanoseconds = 0;
        if (text[at] == '.')
        {
            var digits = 0;
            for (at++; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++, digits++)
            {
                if (digits < 9) nanoseconds = (nanoseconds * 10) + (text[at] - '0');
            }

            if (digits == 0) return false;
            for (; digits < 9; digits++) nanoseconds *= 10;
        }

        var zone = text[at..];
        var offset = 0;
        if (zone is not [(byte)'Z'])
        {
            if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':'
                || !Number(zone[1..3], out var hours) || !Number(zone[4..6], out var minutes) || hours > 23 || minutes > 59) return false;
            offset = (hours * 60) + minutes;
            if (zone[0] == '-') offset = -offset;
        }

        var seconds = (CivilDate.ToDays(year, month, day) * 86_400) + (hour * 3600) + (minute * 60) + second - (offset * 60L);
        time = new(seconds, nanoseconds, (short)offset);
        return seconds >= YearZero - 86_400;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[MaxTextBytes];
        return System.Text.Encoding.ASCII.GetString(text[..Format(text)]);
    }

    private static void Digits(Span<byte> text, int at, int value, int count)
    {
        for (var i = at + count - 1; i >= at; i--, value /= 10) text[i] = (byte)('0' + (value % 10));
    }

    private static bool Number(ReadOnlySpan<byte> text, out int value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && value >= 0 && text[0] is not ((byte)'+' or (byte)'-');
}
