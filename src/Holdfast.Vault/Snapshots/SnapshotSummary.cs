using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Vault.Snapshots;

/// <summary>What a backup counted, in the names that restic gives it since 0.17.</summary>
public sealed record SnapshotSummary
{
    public DateTimeOffset BackupStart { get; init; }

    public DateTimeOffset BackupEnd { get; init; }

    public long FilesNew { get; init; }

    public long FilesChanged { get; init; }

    public long FilesUnmodified { get; init; }

    public long DirsNew { get; init; }

    public long DirsChanged { get; init; }

    public long DirsUnmodified { get; init; }

    public long DataBlobs { get; init; }

    public long TreeBlobs { get; init; }

    /// <summary>Gets the bytes of new blobs before compression.</summary>
    public long DataAdded { get; init; }

    /// <summary>Gets what they take in the vault.</summary>
    public long DataAddedPacked { get; init; }

    public long TotalFilesProcessed { get; init; }

    public long TotalBytesProcessed { get; init; }

    /// <summary>Gets keys of later versions, kept when the snapshot is written again.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
