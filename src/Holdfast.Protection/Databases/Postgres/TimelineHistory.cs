using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>How a timeline came to be: where in the log each timeline before it was left.</summary>
/// <param name="Timeline">The timeline.</param>
/// <param name="Switches">The timelines before it, the oldest first, each with the place where the next one begins.</param>
public sealed record TimelineHistory(uint Timeline, IReadOnlyList<(uint Timeline, Lsn Until)> Switches)
{
    /// <summary>The first timeline has no history.</summary>
    public static TimelineHistory First { get; } = new(1, []);

    /// <summary>Reads a <c>.history</c> file.</summary>
    /// <exception cref="HoldfastException"><c>database.history-damaged</c></exception>
    public static TimelineHistory Parse(uint timeline, string text)
    {
        var switches = new List<(uint, Lsn)>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            var fields = line.Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !uint.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var before) || Lsn.TryParse(fields[1]) is not { } until)
            {
                throw new HoldfastException(ErrorKind.Conflict, "database.history-damaged", $"The history of timeline {timeline} has a line that says nothing: '{line}'.");
            }

            switches.Add((before, until));
        }

        return new(timeline, switches);
    }

    /// <summary>Whether a timeline leads here, and a place on it lies before it was left.</summary>
    public bool Covers(uint timeline, Lsn place) =>
        timeline == Timeline || Switches.Any(step => step.Timeline == timeline && place <= step.Until);

    /// <summary>The timelines whose segment of this number may be read on the way here, the one to prefer first.</summary>
    /// <remarks>The segment in which a timeline begins holds all that was before in it, so the newer timeline's is the better one.</remarks>
    public IEnumerable<uint> TimelinesOf(ulong segment, long segmentBytes)
    {
        var begins = Switches.Count == 0 ? default : Switches[^1].Until;
        if (Switches.Count == 0 || begins.SegmentNumber(segmentBytes) <= segment) yield return Timeline;
        for (var at = Switches.Count - 1; at >= 0; at--)
        {
            var from = at == 0 ? default : Switches[at - 1].Until;
            if (from.SegmentNumber(segmentBytes) <= segment && segment <= Switches[at].Until.LastSegmentNumber(segmentBytes)) yield return Switches[at].Timeline;
        }
    }
}
