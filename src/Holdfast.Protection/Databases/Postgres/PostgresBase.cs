using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>What a base backup's snapshot says of its place in the log.</summary>
public sealed record PostgresBase
{
    public required uint Timeline { get; init; }

    /// <summary>Gets where recovery begins to read.</summary>
    public required Lsn Start { get; init; }

    /// <summary>Gets the place before which the files are not consistent: the minimum recovery point.</summary>
    public required Lsn Stop { get; init; }

    /// <summary>Gets when that was, by the server's clock.</summary>
    public required DateTimeOffset StopTime { get; init; }

    /// <summary>Gets when the files began to be read.</summary>
    public required DateTimeOffset ReadFrom { get; init; }

    /// <summary>Gets the first transaction that may have begun after it.</summary>
    public required ulong NextTransaction { get; init; }

    public required long SegmentBytes { get; init; }

    /// <summary>Gets the superuser that it was taken as: it is in the files, and so can be connected as again.</summary>
    public required string Role { get; init; }

    /// <summary>Gets the segments that the base has itself.</summary>
    public IEnumerable<WalSegment> OwnSegments
    {
        get
        {
            for (var number = Start.SegmentNumber(SegmentBytes); number <= Stop.LastSegmentNumber(SegmentBytes); number++) yield return new(Timeline, number);
        }
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="HoldfastException"><c>database.backup-damaged</c></exception>
    public static PostgresBase Of(DatabaseSnapshot snapshot)
    {
        var facts = snapshot.Facts;
        return Lsn.TryParse(facts.Detail("start")) is { } start && Lsn.TryParse(facts.Detail("stop")) is { } stop
            && uint.TryParse(facts.Detail("timeline"), NumberStyles.None, CultureInfo.InvariantCulture, out var timeline)
            && ulong.TryParse(facts.Detail("next-transaction"), NumberStyles.None, CultureInfo.InvariantCulture, out var next)
            && TryTime(facts.Detail("stop-time"), out var stopTime) && TryTime(facts.Detail("read-from"), out var readFrom)
            && PostgresLog.TrySegmentBytes(facts, out var segmentBytes)
            ? new() { Timeline = timeline, Start = start, Stop = stop, StopTime = stopTime, ReadFrom = readFrom, NextTransaction = next, SegmentBytes = segmentBytes, Role = facts.Detail("role") ?? "postgres" }
            : throw DatabaseErrors.Damaged(snapshot, "its snapshot does not say where in the log it lies");
    }

    /// <summary>As details of the snapshot's facts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Format() =>
    [
        new("timeline", Timeline.ToString(CultureInfo.InvariantCulture)), new("start", Start.ToString()), new("stop", Stop.ToString()), new("stop-time", TimeText(StopTime)),
        new("read-from", TimeText(ReadFrom)), new("next-transaction", NextTransaction.ToString(CultureInfo.InvariantCulture)),
        new("segment-bytes", SegmentBytes.ToString(CultureInfo.InvariantCulture)), new("role", Role),
    ];

    internal static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    internal static bool TryTime(string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
