namespace Holdfast.Protection.Databases.Postgres;

/// <summary>What is in a spool, after it was looked into.</summary>
/// <param name="SystemId">The database that it belongs to.</param>
/// <param name="Log">What a snapshot says of it.</param>
internal sealed record SpoolContents(string SystemId, PostgresLog Log)
{
    /// <summary>Looks into each file: a segment must be what its name says, and of the same database as the others and the chain.</summary>
    /// <exception cref="HoldfastException"><c>database.log-foreign</c>, <c>database.log-damaged</c>, <c>database.log-unknown</c>.</exception>
    public static SpoolContents Read(WalSpool spool, IReadOnlyList<string> names, IReadOnlyList<DatabaseSnapshot> earlier)
    {
        List<WalSegment> segments = [];
        List<string> others = [];
        ulong? system = null;
        long segmentBytes = 0;
        DateTimeOffset? until = null;
        foreach (var name in names)
        {
            if (!WalSegment.IsName(name) && !name.EndsWith(".partial", StringComparison.Ordinal))
            {
                others.Add(name);
                continue;
            }

            var path = spool.PathOf(name);
            if (ReadHeader(path) is not { } header) throw Damaged(path, "it is no segment");
            if (system is { } other && other != header.SystemId) throw Foreign(spool, $"it has segments of the databases {other} and {header.SystemId}");
            (system, segmentBytes) = (header.SystemId, header.SegmentBytes);
            var written = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
            if (until is null || written > until) until = written;
            if (!WalSegment.IsName(name))
            {
                others.Add(name);
                continue;
            }

            if (WalSegment.TryParse(name, segmentBytes) is not { } segment || header.Address.Value != segment.Number * (ulong)segmentBytes) throw Damaged(path, "its name is not that of the place that it says it has");
            if (new FileInfo(path).Length != segmentBytes) throw Damaged(path, $"it is not {segmentBytes} bytes long");
            segments.Add(segment);
        }

        // Histories alone do not say whose they are: the chain does, when there is only one.
        var ids = earlier.Select(entry => entry.Facts.Id).Distinct().ToList();
        var id = system?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? (ids.Count == 1 ? ids[0] : null)
            ?? throw new HoldfastException(ErrorKind.Conflict, "database.log-unknown", $"Nothing in '{spool.Folder}' says which database it belongs to.", "Wait for the first segment, or take a base backup first.");
        if (ids.Count > 0 && !ids.Contains(id)) throw Foreign(spool, $"it belongs to the database {id}, but the backups of that name are of {string.Join(", ", ids)}");
        if (segmentBytes == 0) segmentBytes = earlier.Select(entry => PostgresLog.TrySegmentBytes(entry.Facts, out var bytes) ? bytes : 0).FirstOrDefault(bytes => bytes > 0, 16 << 20);
        return new(id, new() { SegmentBytes = segmentBytes, Segments = segments, Others = others, Until = until });
    }

    private static WalHeader? ReadHeader(string path)
    {
        Span<byte> page = stackalloc byte[WalHeader.Length];
        using var file = File.OpenHandle(path);
        return RandomAccess.Read(file, page, 0) == page.Length ? WalHeader.TryParse(page) : null;
    }

    private static HoldfastException Damaged(string path, string what) =>
        new(ErrorKind.Conflict, "database.log-damaged", $"'{path}' cannot be stored: {what}.", "Nothing was removed. Move it away, and take a base backup: the log has a gap there.");

    private static HoldfastException Foreign(WalSpool spool, string what) =>
        new(ErrorKind.Conflict, "database.log-foreign", $"'{spool.Folder}' cannot be stored: {what}.", "Give each database a spool and a name of its own.");
}
