using System.Text.Json.Serialization;
using Holdfast.Agent.Api;

namespace Holdfast.Management.Api;

/// <summary>GET /api/v1/vaults: one vault.</summary>
/// <param name="Location">A folder, <c>rest:URL</c> or <c>s3:URL</c>.</param>
/// <param name="Node">The node that is asked about it; null for any.</param>
/// <param name="Snapshots">How many of its snapshots the catalogue has; null while the database is away.</param>
/// <param name="Listed">When its snapshots were listed last; each vault is listed once a day, and soon after it was made known.</param>
/// <param name="Trouble">Why they could not be listed the last time; null when they could.</param>
public sealed record VaultInfo(string Name, string Location, string PasswordFile, string? Node, long? Snapshots, DateTimeOffset? Listed, string? Trouble = null);

/// <summary>PUT /api/v1/vaults/{name}</summary>
/// <param name="PasswordFile">The file with its password, at the same absolute path on every node.</param>
/// <param name="Node">The node that is asked about it, where not every one reaches it; null for any.</param>
public sealed record VaultPut(string Location, string PasswordFile, string? Node = null);

/// <summary>One entry of a folder in a snapshot.</summary>
/// <param name="Kind">file, directory, symlink …</param>
/// <param name="Size">Bytes.</param>
/// <param name="Mode">As <c>ls</c> writes it, in octal.</param>
/// <param name="Owner">User and group id.</param>
public sealed record SnapshotFile(string Name, string Kind, long? Size, DateTimeOffset? Modified, string? Mode, string? Owner);

/// <summary>GET /api/v1/vaults/{name}/files: a file that was found.</summary>
/// <param name="Snapshot">In which snapshot.</param>
/// <param name="Kind">file, directory, symlink …</param>
/// <param name="Size">Bytes.</param>
public sealed record FoundFile(string Snapshot, string Path, string Kind, long? Size, DateTimeOffset? Modified);

/// <summary>GET /api/v1/snapshots/{id}/differences: a path that differs.</summary>
/// <param name="Kind">added, removed, modified or type.</param>
public sealed record DifferentFile(string Kind, string Path);

/// <summary>GET /api/v1/vaults/{name}/statistics</summary>
/// <param name="RestoreBytes">What all snapshots together would take on a disk.</param>
/// <param name="RestoreFiles">Files and directories in them.</param>
/// <param name="Blobs">Different pieces of content.</param>
/// <param name="RawBytes">What these take in the vault.</param>
/// <param name="UncompressedBytes">What they would take if they were not compressed.</param>
public sealed record VaultFigures(long Snapshots, long RestoreBytes, long RestoreFiles, long Blobs, long RawBytes, long UncompressedBytes);

/// <summary>POST /api/v1/restores: files of a snapshot, or a database.</summary>
/// <param name="Vault">The name of the vault.</param>
/// <param name="Snapshot">The snapshot; null for a database.</param>
/// <param name="Paths">What to restore of it; everything when it is empty.</param>
/// <param name="Target">Where to, on the node: a folder; of a database one that is empty or not there, of a dump a file.</param>
/// <param name="DryRun">Only says what would be done.</param>
/// <param name="Database">The database, and to which point; null for files.</param>
public sealed record RestoreAsked(string Vault, string? Snapshot, IReadOnlyList<string>? Paths, string Target, string Node, bool DryRun = false, DatabaseWanted? Database = null);

/// <summary>GET /api/v1/databases: a database in a vault.</summary>
/// <param name="Name">What its server is called.</param>
/// <param name="Engine">postgresql or mariadb.</param>
/// <param name="Id">Its identifier; several may have had the name.</param>
/// <param name="Latest">When the newest of its backups was made, of its log or of all of it.</param>
/// <param name="AnyPoint">Whether it can be restored to any time between its oldest base backup and its newest backup; else to the end of a base backup.</param>
/// <param name="Bases">Its base backups, the newest first.</param>
public sealed record DatabaseInVault(string Name, string Engine, string Id, DateTimeOffset Latest, bool AnyPoint, IReadOnlyList<DatabaseBase> Bases);

/// <summary>A base backup of a database.</summary>
/// <param name="Bytes">What it holds.</param>
public sealed record DatabaseBase(string Snapshot, DateTimeOffset Taken, long Bytes);

/// <summary>POST /api/v1/snapshots/{id}/tags</summary>
/// <param name="Add">Tags to add. Those that begin with <c>hf:</c> are the product's own, with requests of their own.</param>
/// <param name="Remove">Tags to take off.</param>
public sealed record TagsAsked(IReadOnlyList<string>? Add = null, IReadOnlyList<string>? Remove = null);

/// <summary>DELETE /api/v1/snapshots/{id}, and what changes one: the id that it has now, for a changed snapshot is written anew.</summary>
/// <param name="Id">The new id; null when it is gone, and when nothing had to be changed.</param>
public sealed record SnapshotDone(string Message, string? Id);

/// <summary>The answer: the job that restores, or what it would do.</summary>
/// <param name="Operation">The run's id in the history (<c>JOB:RUN</c>); null of a dry run.</param>
/// <param name="Job">The job.</param>
/// <param name="Changes">Of a dry run: what would be done, at most a thousand entries of it.</param>
/// <param name="Figures">Of a dry run: how much.</param>
public sealed record RestoreAnswer(string? Operation, string? Job, string Reason, IReadOnlyList<RestoreStep>? Changes = null, IReadOnlyDictionary<string, long>? Figures = null);

/// <summary>One thing that a restore would do.</summary>
/// <param name="Action">create, change, delete …</param>
public sealed record RestoreStep(string Path, string Action, long? Size);

// What the commands print, as far as it is used here.
internal sealed record ListedSnapshot(string Id, DateTimeOffset Time, string Hostname, string[] Paths, string[] Tags, string? Type, long? DeltaBytes, long? UsedBytes, bool Held, string[]? SharedVolumes = null, string? Node = null, string? Original = null, DateTimeOffset? DeleteAfter = null);

internal sealed record ListedDatabase(string Snapshot, string Database, string Engine, string Id, string Type, DateTimeOffset Time, long Bytes);

internal sealed record DatabasePreview(string Base, DateTimeOffset BaseTime, int Logs, long Bytes);

internal sealed record ChangedSnapshot(string Before, string? After);

internal sealed record ForgottenSnapshots(string[] Forgotten, DateTimeOffset? DeleteAfter);

internal sealed record ListedFile(string Path, string Type, long? Size, int? Mode, int? Uid, int? Gid, DateTimeOffset? ModifiedAt, string? Snapshot = null);

internal sealed record PreviewLine(
    [property: JsonPropertyName("message_type")] string MessageType, string? Action, string? Path, long? Bytes,
    [property: JsonPropertyName("files_restored")] long? FilesRestored, [property: JsonPropertyName("bytes_restored")] long? BytesRestored, [property: JsonPropertyName("deleted")] long? Deleted);
