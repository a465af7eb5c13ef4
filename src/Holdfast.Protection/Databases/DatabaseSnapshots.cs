using Holdfast.Protection.Backups;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Databases;

/// <summary>The snapshot records of databases.</summary>
internal static class DatabaseSnapshots
{
    /// <summary>A snapshot of a database. Its host name is the database's name, so that the chain is one wherever the database ran.</summary>
    public static Snapshot Make(DatabaseFacts facts, BackupResult result, IReadOnlyList<string> paths, Snapshot? parent, DateTimeOffset start, DateTimeOffset end) => new()
    {
        Time = start,
        Tree = result.Tree,
        Parent = BlobId.TryParse(parent?.Id, out var id) ? id : null,
        Paths = paths,
        Hostname = facts.Name,
        Username = Environment.UserName,
        Uid = FileOwner.Self.User,
        Gid = FileOwner.Self.Group,
        ProgramVersion = "holdfast " + typeof(DatabaseSnapshots).Assembly.GetName().Version?.ToString(3),
        Summary = result.Counts.ToSummary(start, end),
        Facts = new()
        {
            Type = facts.Type == DatabaseBackupType.Full ? SnapshotType.Full : SnapshotType.Incremental,
            DeltaBytes = result.Counts.AddedBytes,
            UsedBytes = result.Counts.ProcessedBytes,
            Node = HostName.Current,
            Unknown = facts.Format(),
        },
    };
}
