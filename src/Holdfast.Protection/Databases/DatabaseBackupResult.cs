using Holdfast.Protection.Backups;

namespace Holdfast.Protection.Databases;

/// <summary>A backup that was recorded.</summary>
/// <param name="Saved">Its snapshot.</param>
/// <param name="Counts">What was counted.</param>
public sealed record DatabaseBackupResult(DatabaseSnapshot Saved, BackupCounts Counts);
