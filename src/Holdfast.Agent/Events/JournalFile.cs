using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Api;

namespace Holdfast.Agent.Events;

/// <summary>
/// The files of a journal: the newest, and older ones that were put aside when they had grown (<c>.1</c> is the youngest of them). Numbered lines of JSON; used by one caller at a time.
/// </summary>
internal sealed class JournalFile(string path, long segmentBytes = JournalFile.UsualSegmentBytes)
{
    /// <summary>How large a file grows.</summary>
    public const long UsualSegmentBytes = 16L << 20;

    /// <summary>How many files there are at most. Together they hold some 300 000 events: 80 a second for an hour during which nobody could collect them.</summary>
    public const int Segments = 8;

    private const int TailBytes = 1 << 16;
    private const int LongestAnswer = 1 << 20;
    private const int LongestId = 64;
    private bool _endsInsideALine;
    private bool _isSynced;

    /// <summary>Gets where the journal is; null before <see cref="Open"/>.</summary>
    public JournalPosition? Last { get; private set; }

    /// <summary>Finds out where the journal ended; makes one when there is none.</summary>
    public JournalPosition Open()
    {
        if (Last is { } open) return open;
        _endsInsideALine = File.Exists(path) && EndsInsideALine(path);
        Last = Existing().Reverse().Select(LastIn).OfType<JournalPosition>().FirstOrDefault() ?? new JournalPosition(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), 0);
        return Last;
    }

    /// <summary>Appends entries, which have their ids.</summary>
    /// <exception cref="IOException">They are not, or not all, in the file.</exception>
    public void Append(IReadOnlyList<ClusterEvent> entries)
    {
        Last = entries[^1].Id; // Also when they cannot be written: a number is not given twice, and what is missing can be told.
        if (File.Exists(path) && new FileInfo(path).Length > segmentBytes) PutAside();
        var text = new StringBuilder(_endsInsideALine ? "\n" : ""); // A cut line must not swallow the next.
        foreach (var entry in entries) text.Append(JsonSerializer.Serialize(entry, ApiJson.Default.ClusterEvent)).Append('\n');
        _isSynced = false;
        _endsInsideALine = true;
        File.AppendAllText(path, text.ToString());
        _endsInsideALine = false;
    }

    /// <summary>Makes what was appended survive a power cut. What was handed out must: its number would else come again for something else.</summary>
    public void Sync()
    {
        if (_isSynced || !File.Exists(path)) return;
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
        _isSynced = true;
    }

    /// <summary>The last lines that can be read, oldest first.</summary>
    public IEnumerable<ClusterEvent> Tail(int limit) => File.Exists(path) ? File.ReadLines(path).TakeLast(limit).Select(Parse).OfType<ClusterEvent>() : [];

    /// <summary>What follows a number, oldest first: up to a number of entries, and about 1 MiB.</summary>
    public IReadOnlyList<ClusterEvent> ReadAfter(long number, int limit)
    {
        var journal = Open().Journal;
        List<ClusterEvent> found = [];
        var bytes = 0L;
        var files = Existing().ToList();
        // The last file that begins at or before what is looked for.
        var from = Math.Max(0, files.FindLastIndex(file => FirstIn(file, journal) is { } first && first <= number + 1));
        foreach (var file in files.Skip(from))
        {
            using var reader = Begin(file, journal, number);
            while (reader.ReadLine() is { } line)
            {
                if (NumberOf(line, journal) is not { } at || at <= number || Parse(line) is not { } entry) continue;
                found.Add(entry);
                bytes += line.Length;
                if (found.Count >= limit || bytes > LongestAnswer) return found;
            }
        }

        return found;
    }

    /// <summary>Opens a file at a line that is not after the one looked for, and not long before it.</summary>
    private static StreamReader Begin(string file, string journal, long number)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var (low, high) = (0L, stream.Length);
        while (high - low > TailBytes)
        {
            var middle = low + ((high - low) / 2);
            if (LineAfter(stream, middle, journal) is var (start, at) && at <= number) low = start;
            else high = middle;
        }

        stream.Position = low;
        return new StreamReader(stream, Encoding.UTF8);
    }

    /// <summary>A line that begins soon after a place and has a number; null when none does.</summary>
    private static (long Start, long Number)? LineAfter(FileStream stream, long place, string journal)
    {
        var bytes = new byte[TailBytes];
        stream.Position = place;
        var text = Encoding.Latin1.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)); // A character for each byte.
        for (var end = text.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = text.IndexOf('\n', end + 1))
        {
            if (NumberOf(text.AsSpan(end + 1), journal) is { } number) return (place + end + 1, number);
        }

        return null;
    }

    private static JournalPosition? LastIn(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        for (var length = Math.Min(TailBytes, stream.Length); ; length = Math.Min(length * 8, stream.Length))
        {
            stream.Position = stream.Length - length;
            var tail = new byte[length];
            stream.ReadExactly(tail);
            var last = Encoding.UTF8.GetString(tail).Split('\n').Reverse().Select(Parse).FirstOrDefault(entry => entry?.Id is not null)?.Id;
            if (last is not null || length == stream.Length) return last;
        }
    }

    private static long? FirstIn(string file, string journal) => File.ReadLines(file).Take(1000).Select(line => NumberOf(line, journal)).FirstOrDefault(number => number is not null);

    /// <summary>The number at the beginning of a line, <c>{"id":"JOURNAL.NUMBER",</c>; null when it has none of this journal.</summary>
    private static long? NumberOf(ReadOnlySpan<char> line, string journal)
    {
        const string Before = "{\"id\":\"";
        if (!line.StartsWith(Before, StringComparison.Ordinal)) return null;
        var id = line[Before.Length..Math.Min(line.Length, Before.Length + LongestId)];
        var end = id.IndexOf('"');
        return end > 0 && JournalPosition.TryParse(id[..end].ToString()) is { } position && position.Journal == journal ? position.Number : null;
    }

    private static ClusterEvent? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize(line, ApiJson.Default.ClusterEvent);
        }
        catch (JsonException)
        {
            return null; // The last line of a node that lost power may be cut.
        }
    }

    private static bool EndsInsideALine(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return stream.Length > 0 && stream.Seek(-1, SeekOrigin.End) >= 0 && stream.ReadByte() != '\n';
    }

    private void PutAside()
    {
        Sync();
        for (var i = Segments - 2; i >= 1; i--)
        {
            if (File.Exists($"{path}.{i}")) File.Move($"{path}.{i}", $"{path}.{i + 1}", overwrite: true);
        }

        File.Move(path, path + ".1", overwrite: true);
    }

    /// <summary>The files, oldest first.</summary>
    private IEnumerable<string> Existing() => Enumerable.Range(1, Segments - 1).Reverse().Select(i => $"{path}.{i}").Append(path).Where(File.Exists);
}
