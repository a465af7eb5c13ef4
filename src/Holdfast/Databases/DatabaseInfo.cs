using System.Text.Json.Serialization;
using Holdfast.Protection.Databases;

namespace Holdfast.Cli.Databases;

/// <summary>A backup of a database or of its log, as <c>--json</c> shows it.</summary>
internal sealed record DatabaseBackupInfo(string Snapshot, string Database, string Engine, string Id, string Type, DateTimeOffset Time, string Position, long Bytes, long ReadBytes, long AddedBytes);

/// <summary>A restored database, as <c>--json</c> shows it.</summary>
internal sealed record DatabaseRestoreInfo(string Database, string Folder, string Base, int Logs, long Bytes);

/// <summary>A dump, as <c>--json</c> shows it.</summary>
internal sealed record DatabaseDumpInfo(string Database, string File, long Bytes);

/// <summary>How the commands for databases print JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DatabaseBackupInfo))]
[JsonSerializable(typeof(DatabaseBackupInfo[]))]
[JsonSerializable(typeof(DatabaseRestoreInfo))]
[JsonSerializable(typeof(DatabaseDumpInfo))]
[JsonSerializable(typeof(DatabaseProof))]
internal sealed partial class DatabasesJson : JsonSerializerContext;
