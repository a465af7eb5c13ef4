using System.Text.Json.Serialization;
using Holdfast.Protection.Databases;

namespace Holdfast.Cli.Databases;

/// <summary>A backup of a database or of its log, as <c>--json</c> shows it.</summary>
internal sealed record DatabaseBackupInfo(string Snapshot, string Database, string Engine, string Id, string Type, DateTimeOffset Time, string Position, long Bytes, long ReadBytes, long AddedBytes);

/// <summary>A restored database, as <c>--json</c> shows it.</summary>
/// <param name="BaseTime">When the base backup was taken.</param>
/// <param name="Bytes">What was written, or of a dry run would be.</param>
internal sealed record DatabaseRestoreInfo(string Database, string Folder, string Base, DateTimeOffset BaseTime, int Logs, long Bytes, bool DryRun);

/// <summary>A dump, as <c>--json</c> shows it.</summary>
/// <param name="Base">The base backup that it was taken from.</param>
/// <param name="BaseTime">When that was taken.</param>
/// <param name="Bytes">The file's size, or of a dry run what would be laid down for a while.</param>
internal sealed record DatabaseDumpInfo(string Database, string File, string Base, DateTimeOffset BaseTime, int Logs, long Bytes, bool DryRun);

/// <summary>How the commands for databases print JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DatabaseBackupInfo))]
[JsonSerializable(typeof(DatabaseBackupInfo[]))]
[JsonSerializable(typeof(DatabaseRestoreInfo))]
[JsonSerializable(typeof(DatabaseDumpInfo))]
[JsonSerializable(typeof(DatabaseProof))]
internal sealed partial class DatabasesJson : JsonSerializerContext;
