using System.Globalization;
using System.Text.RegularExpressions;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>When the transactions in pieces of log were committed, as <c>pg_waldump</c> tells it.</summary>
internal static partial class CommitTimes
{
    /// <summary>Whether a transaction in the log was committed after a moment; null when that cannot be told.</summary>
    /// <param name="programs">The folder of the programs of the log's version.</param>
    /// <param name="owner">As whom to read.</param>
    /// <param name="segments">The last segments, whole paths, in order.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<bool?> AnyAfterAsync(string programs, FileOwner owner, IReadOnlyList<string> segments, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        if (segments.Count == 0 || !File.Exists(Path.Combine(programs, "pg_waldump"))) return null;
        // It ends with an error where the log ends within a record or the segments are of two timelines; what it printed before counts.
        List<string[]> runs = [[segments[0], segments[^1]], .. segments.Select(segment => (string[])[segment])];
        var any = false;
        foreach (var run in runs)
        {
            var (_, output, _) = await DatabaseProgram.TryAsync(owner, Path.Combine(programs, "pg_waldump"), ["--rmgr=Transaction", .. run], cancellationToken);
            any |= Parse(output).Any(time => time > moment);
        }

        return any;
    }

    /// <summary>The times in what it printed. It writes them in the zone of its process, which is set to UTC here.</summary>
    public static IEnumerable<DateTimeOffset> Parse(string output) =>
        from Match match in Commit().Matches(output)
        select DateTimeOffset.ParseExact(match.Groups[1].Value, "yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [GeneratedRegex(@"desc: (?:COMMIT|COMMIT_PREPARED|ABORT|ABORT_PREPARED)[^\n]*?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC", RegexOptions.CultureInvariant)]
    private static partial Regex Commit();
}
