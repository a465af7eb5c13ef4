using System.Text.Json.Serialization;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Vaults;

/// <summary>A snapshot, as <c>--json</c> shows it.</summary>
internal sealed record SnapshotLine(
    string Id, string ShortId, DateTimeOffset Time, string Hostname, string Username, IReadOnlyList<string> Paths, IReadOnlyList<string> Tags, string Tree, string? Parent, string? Original,
    string? ProgramVersion, SnapshotSummary? Summary, string? Type, long? DeltaBytes, long? UsedBytes, string? Node, IReadOnlyList<string> Volumes, IReadOnlyList<string> SharedVolumes, bool Held, DateTimeOffset? DeleteAfter)
{
    public static SnapshotLine Of(Snapshot snapshot) => new(
        snapshot.Id, snapshot.ShortId, snapshot.Time, snapshot.Hostname, snapshot.Username, snapshot.Paths, [.. snapshot.Tags.Where(tag => !ReservedTags.IsReserved(tag))], snapshot.Tree.ToString(),
        snapshot.Parent?.ToString(), snapshot.Original?.ToString(), snapshot.ProgramVersion, snapshot.Summary,
        snapshot.Facts.Type == SnapshotType.Unknown ? null : snapshot.Facts.Type == SnapshotType.Full ? "full" : "incremental",
        snapshot.Facts.DeltaBytes, snapshot.Facts.UsedBytes, snapshot.Facts.Node, snapshot.Facts.Volumes, snapshot.Facts.SharedVolumes, snapshot.IsHeld(), snapshot.DeleteAfter());
}

/// <summary>A group of snapshots.</summary>
internal sealed record SnapshotGroupLine(string Group, IReadOnlyList<SnapshotLine> Snapshots);

/// <summary>A change of tags, or a copy.</summary>
internal sealed record SnapshotChange(string Change, string Before, string? After);

/// <summary>What forget did or would do.</summary>
internal sealed record ForgetLine(bool DryRun, IReadOnlyList<ForgetGroupLine> Groups, IReadOnlyList<string> Forgotten, IReadOnlyList<string> Purged, DateTimeOffset? DeleteAfter, PruneStatistics? Prune);

internal sealed record ForgetGroupLine(string Group, IReadOnlyList<KeptLine> Keep, IReadOnlyList<SnapshotLine> Remove);

internal sealed record KeptLine(SnapshotLine Snapshot, IReadOnlyList<string> Reasons);

/// <summary>What prune did or would do.</summary>
internal sealed record PruneLine(bool DryRun, PruneStatistics Statistics, long Freed, long UnusedAfter);

/// <summary>What was unlocked.</summary>
internal sealed record UnlockLine(int Removed);

/// <summary>What a repair did or would do.</summary>
internal sealed record RepairLine(bool Applied, IReadOnlyList<string> Found, IReadOnlyList<SnapshotChange> Snapshots);

/// <summary>What a copy did.</summary>
internal sealed record CopyLine(string Source, string Copy, bool WasThere, long Blobs, long AddedBytes);

/// <summary>Whether a vault can seed another.</summary>
internal sealed record SeedLine(bool Complete, IReadOnlyList<string> Snapshots, IReadOnlyList<string> Bases, IReadOnlyList<string> Missing);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotLine[]))]
[JsonSerializable(typeof(SnapshotGroupLine[]))]
[JsonSerializable(typeof(SnapshotChange))]
[JsonSerializable(typeof(SnapshotChange[]))]
[JsonSerializable(typeof(ForgetLine))]
[JsonSerializable(typeof(PruneLine))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(UnlockLine))]
[JsonSerializable(typeof(RepairLine))]
[JsonSerializable(typeof(CopyLine))]
[JsonSerializable(typeof(SeedLine))]
internal sealed partial class KeepingJson : JsonSerializerContext;
