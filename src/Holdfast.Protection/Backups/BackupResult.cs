using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>A backup that came to its end.</summary>
/// <param name="Tree">The root tree; it and all below it are in the vault.</param>
/// <param name="Counts">What was counted.</param>
/// <param name="IsComplete">Whether nothing that should be in it is missing.</param>
public sealed record BackupResult(BlobId Tree, BackupCounts Counts, bool IsComplete);
