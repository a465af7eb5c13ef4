using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Snapshots;

/// <summary>A point in time in a vault, as restic records it; keys that we do not know are kept when it is written again.</summary>
public sealed record Snapshot
{
    /// <summary>Gets the name of its file, 64 hexadecimal digits; empty until it is saved.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets when the backup began, with the offset of the machine that made it: keep rules count days and hours there.</summary>
    public required DateTimeOffset Time
    {
        get;
        init
        {
            field = value;
            TimeText = SnapshotTime.Format(value);
        }
    }

    /// <summary>Gets the root of what it holds.</summary>
    public required BlobId Tree { get; init; }

    /// <summary>Gets the snapshot it was compared with, if any.</summary>
    public BlobId? Parent { get; init; }

    /// <summary>Gets what was asked to be backed up, absolute.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Gets the machine, or the protected volume's name: a shared volume's chain must not change with its owner.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Gets who ran the backup.</summary>
    public string Username { get; init; } = "";

    /// <summary>Gets the number of that user.</summary>
    public uint Uid { get; init; }

    /// <summary>Gets the number of that user's group.</summary>
    public uint Gid { get; init; }

    /// <summary>Gets the patterns that were left out, without the entries that carry <see cref="Facts"/>.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>Gets the tags, those reserved for keeping among them (<see cref="ReservedTags"/>).</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the first snapshot that this one is a rewritten form of.</summary>
    public BlobId? Original { get; init; }

    /// <summary>Gets what wrote it.</summary>
    public string? ProgramVersion { get; init; }

    /// <summary>Gets what the backup counted, when it was recorded.</summary>
    public SnapshotSummary? Summary { get; init; }

    /// <summary>Gets what restic has no field for.</summary>
    public SnapshotFacts Facts { get; init; } = SnapshotFacts.None;

    /// <summary>Gets its id through all changes of tags, and in every vault it was copied to.</summary>
    public string LastingId => Original?.ToString() ?? Id;

    /// <summary>Gets the first eight digits of its id.</summary>
    public string ShortId => Id.Length > 8 ? Id[..8] : Id;

    // As it was read: .NET keeps 100 ns, restic writes 1 ns, and a change of tags must not move a snapshot in time.
    internal string TimeText { get; init; } = "";

    internal IReadOnlyDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Whether it has this very tag.</summary>
    public bool HasTag(string tag) => Tags.Contains(tag, StringComparer.Ordinal);
}
