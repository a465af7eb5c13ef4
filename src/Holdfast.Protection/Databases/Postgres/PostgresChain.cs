using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;
using System.Text;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Everything that a vault has of one database, taken apart: what a plan is made from.</summary>
public sealed record PostgresChain
{
    /// <summary>Gets the base backups, the oldest first.</summary>
    public required IReadOnlyList<(DatabaseSnapshot Snapshot, PostgresBase Base)> Bases { get; init; }

    /// <summary>Gets the segments of the log, each with what has it.</summary>
    public required IReadOnlyDictionary<WalSegment, StoredLogFile> Segments { get; init; }

    /// <summary>Gets the histories of timelines, each with what has it.</summary>
    public required IReadOnlyDictionary<uint, (TimelineHistory History, StoredLogFile File)> Histories { get; init; }

    /// <summary>Reads it: the snapshots' facts, and the trees of those that hold log.</summary>
    public static async Task<PostgresChain> ReadAsync(VaultRepository vault, IReadOnlyList<DatabaseSnapshot> chain, CancellationToken cancellationToken)
    {
        var bases = chain.Where(entry => entry.IsBase).Select(entry => (entry, PostgresBase.Of(entry))).ToList();
        Dictionary<WalSegment, StoredLogFile> segments = [];
        Dictionary<uint, (TimelineHistory, StoredLogFile)> histories = [];
        var files = new StoredFiles(vault);
        foreach (var entry in chain)
        {
            if (await files.FindAsync(entry.Snapshot.Tree, entry.IsBase ? "data/pg_wal" : "wal", cancellationToken) is not { Subtree: { } tree })
            {
                throw DatabaseErrors.Damaged(entry, "its log is not in it");
            }

            var segmentBytes = PostgresLog.TrySegmentBytes(entry.Facts, out var bytes) ? bytes : throw DatabaseErrors.Damaged(entry, "its snapshot does not say how long a segment is");
            foreach (var node in (await Tree.LoadAsync(vault, tree, cancellationToken)).Nodes)
            {
                var file = new StoredLogFile(node, entry.Snapshot.ShortId);
                if (WalSegment.TryParse(node.Name, segmentBytes) is { } segment)
                {
                    segments.TryAdd(segment, file);
                }
                else if (WalFiles.HistoryOf(node.Name) is { } timeline && !histories.ContainsKey(timeline))
                {
                    histories.Add(timeline, (TimelineHistory.Parse(timeline, Encoding.UTF8.GetString(await files.ReadAsync(node, cancellationToken))), file));
                }
            }
        }

        return new() { Bases = bases, Segments = segments, Histories = histories };
    }
}
