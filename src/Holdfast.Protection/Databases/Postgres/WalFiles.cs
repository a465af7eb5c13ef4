using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>The names that PostgreSQL gives to what it archives.</summary>
public static partial class WalFiles
{
    /// <summary>Whether PostgreSQL archives files of such a name: segments, partial segments, histories of timelines, labels of backups.</summary>
    public static bool IsArchived(string name) => Archived().IsMatch(name);

    /// <summary>The timeline whose history a file is, or null.</summary>
    public static uint? HistoryOf(string name) => History().IsMatch(name) ? uint.Parse(name.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : null;

    /// <summary>The file of a timeline's history.</summary>
    public static string HistoryName(uint timeline) => string.Create(CultureInfo.InvariantCulture, $"{timeline:X8}.history");

    [GeneratedRegex(@"^(?:[0-9A-F]{24}(?:\.partial|\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history)$", RegexOptions.CultureInvariant)]
    private static partial Regex Archived();

    [GeneratedRegex(@"^[0-9A-F]{8}\.history$", RegexOptions.CultureInvariant)]
    private static partial Regex History();
}
