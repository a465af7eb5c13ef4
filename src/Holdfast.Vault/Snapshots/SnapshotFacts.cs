using System.Globalization;

namespace Holdfast.Vault.Snapshots;

/// <summary>Whether a backup read everything, or what had changed.</summary>
public enum SnapshotType
{
    /// <summary>Nothing is recorded: restic made it.</summary>
    Unknown,

    /// <summary>Everything was read.</summary>
    Full,

    /// <summary>What had not changed was taken from the snapshot before.</summary>
    Incremental,
}

/// <summary>What a snapshot says of itself that the restic format has no field for.</summary>
/// <remarks>
/// <c>restic tag</c> writes a snapshot anew: it drops JSON keys that it does not know, and <c>--set</c> drops every tag. The list of excludes is the one
/// free list that no restic command changes in a snapshot that is there, and nothing reads it to decide anything; so facts are entries of it that begin
/// with <c>hf:</c> (docs/design/vault.md). What an administrator may change, such as a hold, is a tag instead.
/// </remarks>
public sealed record SnapshotFacts
{
    private const string Prefix = "hf:";

    /// <summary>Gets what a snapshot made by restic says.</summary>
    public static SnapshotFacts None { get; } = new();

    public SnapshotType Type { get; init; }

    /// <summary>Gets the bytes that had changed since the snapshot before.</summary>
    public long? DeltaBytes { get; init; }

    /// <summary>Gets the bytes in use on what is protected.</summary>
    public long? UsedBytes { get; init; }

    /// <summary>Gets the node that made it; the host name of a shared volume's chain is not it.</summary>
    public string? Node { get; init; }

    /// <summary>Gets the ids of the volumes whose content it holds.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Gets the ids of the shared volumes that were present on the node then.</summary>
    public IReadOnlyList<string> SharedVolumes { get; init; } = [];

    /// <summary>Gets facts of a later version, kept when the snapshot is written again.</summary>
    public IReadOnlyList<string> Unknown { get; init; } = [];

    /// <summary>Whether an entry of the excludes is a fact.</summary>
    public static bool IsFact(string exclude) => exclude.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads the facts among the excludes of a snapshot.</summary>
    public static SnapshotFacts Parse(IEnumerable<string> excludes)
    {
        var type = SnapshotType.Unknown;
        long? delta = null;
        long? used = null;
        string? node = null;
        List<string> volumes = [], shared = [], unknown = [];
        foreach (var entry in excludes.Where(IsFact))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(entry[(equals + 1)..]);
            switch (equals < 0 ? entry : entry[Prefix.Length..equals])
            {
                case "type" when value == "full": type = SnapshotType.Full; break;
                case "type" when value == "incremental": type = SnapshotType.Incremental; break;
                case "delta" when TryBytes(value, out var bytes): delta = bytes; break;
                case "used" when TryBytes(value, out var bytes): used = bytes; break;
                case "node" when value.Length > 0: node = value; break;
                case "volume" when value.Length > 0: volumes.Add(value); break;
                case "shared-volume" when value.Length > 0: shared.Add(value); break;
                default: unknown.Add(entry); break;
            }
        }

        return new() { Type = type, DeltaBytes = delta, UsedBytes = used, Node = node, Volumes = volumes, SharedVolumes = shared, Unknown = unknown };
    }

    /// <summary>The entries that say so; values are percent-encoded, so that no name can look like another fact.</summary>
    public IEnumerable<string> Format()
    {
        if (Type != SnapshotType.Unknown) yield return Fact("type", Type == SnapshotType.Full ? "full" : "incremental");
        if (DeltaBytes is { } delta) yield return Fact("delta", delta.ToString(CultureInfo.InvariantCulture));
        if (UsedBytes is { } used) yield return Fact("used", used.ToString(CultureInfo.InvariantCulture));
        if (Node is { } node) yield return Fact("node", node);
        foreach (var volume in Volumes) yield return Fact("volume", volume);
        foreach (var volume in SharedVolumes) yield return Fact("shared-volume", volume);
        foreach (var entry in Unknown) yield return entry;
    }

    // Lists have no value equality of their own, and facts are compared by what they say.
    public bool Equals(SnapshotFacts? other) => other is not null && Format().SequenceEqual(other.Format());

    public override int GetHashCode() => Format().Aggregate(0, HashCode.Combine);

    private static string Fact(string key, string value) => $"{Prefix}{key}={Uri.EscapeDataString(value)}";

    private static bool TryBytes(string value, out long bytes) => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
}
