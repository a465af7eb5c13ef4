using System.Text.RegularExpressions;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>What a backup's label says (src/backend/access/transam/xlog.c).</summary>
/// <param name="Start">Where recovery begins to read the log.</param>
/// <param name="Timeline">On which timeline.</param>
internal sealed partial record BackupLabel(Lsn Start, uint Timeline)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="HoldfastException"><c>database.label-damaged</c></exception>
    public static BackupLabel Parse(string text)
    {
        var start = Lsn.TryParse(StartLine().Match(text).Groups[1].Value);
        var timeline = TimelineLine().Match(text).Groups[1].Value;
        return start is { } place && uint.TryParse(timeline, out var number) ? new(place, number)
            : throw new HoldfastException(ErrorKind.Conflict, "database.label-damaged", "The backup's label does not say where the log begins.");
    }

    [GeneratedRegex(@"^START WAL LOCATION: (\S+) ", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex StartLine();

    [GeneratedRegex(@"^START TIMELINE: (\d+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex TimelineLine();
}
