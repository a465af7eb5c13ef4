using System.Text.Json.Serialization;

namespace Holdfast.Cli.Vaults;

/// <summary>How far a run is, as a line of JSON.</summary>
internal sealed record RunStatusLine(string MessageType, double SecondsElapsed, double? SecondsRemaining, double? PercentDone, long TotalFiles, long FilesDone, long TotalBytes, long BytesDone, long BytesPerSecond, string? CurrentFile);

/// <summary>Something that went wrong with a file, as a line of JSON.</summary>
internal sealed record RunIssueLine(string MessageType, string Path, string Kind, string Message);

/// <summary>The end of a backup, as a line of JSON; the keys are restic's where it has them.</summary>
internal sealed record BackupSummaryLine(
    string MessageType, long FilesNew, long FilesChanged, long FilesUnmodified, long DirsNew, long DirsChanged, long DirsUnmodified, long DataBlobs, long TreeBlobs,
    long DataAdded, long DataAddedPacked, long BytesRead, long TotalFilesProcessed, long TotalBytesProcessed, double TotalDuration, string? SnapshotId, string? Parent, bool DryRun);

/// <summary>What is done with one thing, as a line of JSON.</summary>
internal sealed record RestoreActionLine(string MessageType, string Action, string Path, long Bytes);

/// <summary>The end of a restore, as a line of JSON.</summary>
internal sealed record RestoreSummaryLine(
    string MessageType, string Snapshot, long FilesRestored, long BytesRestored, long BytesWritten, long Deleted, long FilesVerified, long Failures, double SecondsElapsed, bool DryRun);

/// <summary>The end of a backup of a volume, as a line of JSON.</summary>
internal sealed record ImageBackupSummaryLine(
    string MessageType, string Type, string Volume, long Length, long? Used, long BytesRead, long DataAdded, long DataAddedPacked, string HeldBy, string? ReadAllBecause, double TotalDuration, string SnapshotId, string? Parent);

/// <summary>The end of a restore of a volume, as a line of JSON.</summary>
internal sealed record ImageRestoreSummaryLine(
    string MessageType, string Snapshot, string Target, long Length, long BytesWritten, long BytesCleared, long BytesKept, bool Verified, double SecondsElapsed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunStatusLine))]
[JsonSerializable(typeof(RunIssueLine))]
[JsonSerializable(typeof(BackupSummaryLine))]
[JsonSerializable(typeof(RestoreActionLine))]
[JsonSerializable(typeof(RestoreSummaryLine))]
[JsonSerializable(typeof(ImageBackupSummaryLine))]
[JsonSerializable(typeof(ImageRestoreSummaryLine))]
internal sealed partial class RunLinesJson : JsonSerializerContext;
