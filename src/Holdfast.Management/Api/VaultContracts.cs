using System.Text.Json.Serialization;

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

/// <summary>POST /api/v1/restores</summary>
/// <param name="Vault">The name of the vault.</param>
/// <param name="Paths">What to restore; everything when it is empty.</param>
/// <param name="Target">The folder to restore into, on the node.</param>
/// <param name="DryRun">Only says what would be done.</param>
public sealed record RestoreAsked(string Vault, string Snapshot, IReadOnlyList<string> Paths, string Target, string Node, bool DryRun = false);

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
internal sealed record ListedSnapshot(string Id, DateTimeOffset Time, string Hostname, string[] Paths, string[] Tags, string? Type, long? DeltaBytes, long? UsedBytes, bool Held, string[]? SharedVolumes = null, string? Node = null);

internal sealed record ListedFile(string Path, string Type, long? Size, int? Mode, int? Uid, int? Gid, DateTimeOffset? ModifiedAt);

internal sealed record PreviewLine(
    [property: JsonPropertyName("message_type")] string MessageType, string? Action, string? Path, long? Bytes,
    [property: JsonPropertyName("files_restored")] long? FilesRestored, [property: JsonPropertyName("bytes_restored")] long? BytesRestored, [property: JsonPropertyName("deleted")] long? Deleted);
