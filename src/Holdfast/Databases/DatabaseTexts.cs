using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary>What people read about backups of databases.</summary>
internal static class DatabaseTexts
{
    public static DatabaseBackupInfo Info(DatabaseSnapshot entry)
    {
        var summary = entry.Snapshot.Summary;
        return new(entry.Snapshot.Id, entry.Facts.Name, entry.Facts.Engine, entry.Facts.Id, DatabaseFacts.TypeText(entry.Facts.Type), entry.Snapshot.Time, Position(entry),
            summary?.TotalBytesProcessed ?? 0, summary?.TotalBytesProcessed ?? 0, summary?.DataAddedPacked ?? 0);
    }

    public static DatabaseBackupInfo Info(DatabaseBackupResult result) => Info(result.Saved) with { ReadBytes = result.Counts.ReadBytes, AddedBytes = result.Counts.AddedPackedBytes };

    /// <summary>Where in the log it lies.</summary>
    private static string Position(DatabaseSnapshot entry)
    {
        if (entry.Facts.Engine != PostgresEngine.EngineName) return "";
        if (!entry.IsBase) return string.Join(", ", entry.Facts.AllDetails("wal").Select(range => range.Split('-') is [var first, var last] && first == last ? first : range).Concat(entry.Facts.AllDetails("file").Where(file => file.EndsWith(".history", StringComparison.Ordinal))));
        return $"{entry.Facts.Detail("start")} to {entry.Facts.Detail("stop")}, timeline {entry.Facts.Detail("timeline")}";
    }
}
