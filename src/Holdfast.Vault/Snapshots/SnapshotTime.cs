using System.Globalization;

namespace Holdfast.Vault.Snapshots;

/// <summary>Times as restic writes them: RFC 3339 with up to nine digits of a second.</summary>
internal static class SnapshotTime
{
    private const int TickDigits = 7;

    public static string Format(DateTimeOffset time) => time.ToString(time.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0)
        {
            var end = dot + 1;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end - dot - 1 > TickDigits) text = string.Concat(text.AsSpan(0, dot + 1 + TickDigits), text.AsSpan(end));
        }

        return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
