using System.Globalization;
using System.Numerics;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>What a log backup's snapshot says that it holds.</summary>
public sealed record PostgresLog
{
    private const int NameLength = 24;

    public required long SegmentBytes { get; init; }

    /// <summary>Gets the segments, in order.</summary>
    public required IReadOnlyList<WalSegment> Segments { get; init; }

    /// <summary>Gets the other files: histories of timelines, partial segments, labels.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Gets when the newest of them was written: transactions up to about then are in it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Reads it.</summary>
    /// <exception cref="HoldfastException"><c>database.backup-damaged</c></exception>
    public static PostgresLog Of(DatabaseSnapshot snapshot)
    {
        if (!TrySegmentBytes(snapshot.Facts, out var segmentBytes)) throw DatabaseErrors.Damaged(snapshot, "its snapshot does not say how long a segment is");
        List<WalSegment> segments = [];
        foreach (var range in snapshot.Facts.AllDetails("wal"))
        {
            if (range.Length != (2 * NameLength) + 1 || WalSegment.TryParse(range[..NameLength], segmentBytes) is not { } first || WalSegment.TryParse(range[(NameLength + 1)..], segmentBytes) is not { } last)
            {
                throw DatabaseErrors.Damaged(snapshot, $"'{range}' is no range of segments");
            }

            for (var number = first.Number; number <= last.Number; number++) segments.Add(first with { Number = number });
        }

        return new()
        {
            SegmentBytes = segmentBytes,
            Segments = segments,
            Others = [.. snapshot.Facts.AllDetails("file")],
            Until = PostgresBase.TryTime(snapshot.Facts.Detail("until"), out var until) ? until : null,
        };
    }

    /// <summary>As details of the snapshot's facts: segments as ranges, so that a snapshot stays small however many there are.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Format()
    {
        List<KeyValuePair<string, string>> details = [new("segment-bytes", SegmentBytes.ToString(CultureInfo.InvariantCulture))];
        foreach (var (first, last) in RangesOf(Segments)) details.Add(new("wal", $"{first.Name(SegmentBytes)}-{last.Name(SegmentBytes)}"));
        details.AddRange(Others.Select(name => new KeyValuePair<string, string>("file", name)));
        if (Until is { } until) details.Add(new("until", PostgresBase.TimeText(until)));
        return details;
    }

    /// <summary>Segments without gaps between them, as the first and last of each such range.</summary>
    public static IEnumerable<(WalSegment First, WalSegment Last)> RangesOf(IEnumerable<WalSegment> segments)
    {
        (WalSegment First, WalSegment Last)? range = null;
        foreach (var segment in segments.Distinct().OrderBy(segment => segment.Timeline).ThenBy(segment => segment.Number))
        {
            if (range is { } open && open.Last.Timeline == segment.Timeline && open.Last.Number + 1 == segment.Number)
            {
                range = (open.First, segment);
                continue;
            }

            if (range is { } done) yield return done;
            range = (segment, segment);
        }

        if (range is { } last) yield return last;
    }

    internal static bool TrySegmentBytes(DatabaseFacts facts, out long bytes) =>
        long.TryParse(facts.Detail("segment-bytes"), NumberStyles.None, CultureInfo.InvariantCulture, out bytes) && BitOperations.IsPow2(bytes) && bytes is >= 1 << 20 and <= 1 << 30;
}
