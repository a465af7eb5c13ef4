namespace Holdfast.Vault.Snapshots;

/// <summary>What the snapshots of a group share; empty where it is not grouped by.</summary>
public sealed record SnapshotGroupKey(string Hostname, IReadOnlyList<string> Paths, IReadOnlyList<string> Tags, IReadOnlyList<string> Volumes)
{
    public bool Equals(SnapshotGroupKey? other) =>
        other is not null && Hostname == other.Hostname && Paths.SequenceEqual(other.Paths) && Tags.SequenceEqual(other.Tags) && Volumes.SequenceEqual(other.Volumes);

    public override int GetHashCode() => HashCode.Combine(Hostname, Paths.Aggregate(0, HashCode.Combine), Tags.Aggregate(0, HashCode.Combine), Volumes.Aggregate(0, HashCode.Combine));

    /// <summary>As a heading: <c>host web1, paths /etc, /srv</c>.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (Hostname.Length > 0) parts.Add("host " + Hostname);
        if (Paths.Count > 0) parts.Add("paths " + string.Join(", ", Paths));
        if (Tags.Count > 0) parts.Add("tags " + string.Join(", ", Tags));
        if (Volumes.Count > 0) parts.Add("volumes " + string.Join(", ", Volumes));
        return parts.Count == 0 ? "all snapshots" : string.Join("; ", parts);
    }
}
