using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Databases;

/// <summary>A snapshot of a database, or of its log.</summary>
public sealed record DatabaseSnapshot(Snapshot Snapshot, DatabaseFacts Facts)
{
    /// <summary>Gets whether a database can be restored from it; else it is a piece of log.</summary>
    public bool IsBase => Facts.Type != DatabaseBackupType.Log;
}
