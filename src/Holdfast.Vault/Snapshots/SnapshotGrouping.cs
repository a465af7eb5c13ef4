namespace Holdfast.Vault.Snapshots;

/// <summary>How snapshots are put into groups, to each of which keep rules apply on their own. The default is host and paths, restic's own.</summary>
public sealed record SnapshotGrouping(bool Host = true, bool Paths = true, bool Tags = false, bool Volumes = false)
{
    /// <summary>Gets restic's default.</summary>
    public static SnapshotGrouping Default { get; } = new();

    /// <summary>Reads <c>host,paths,tags,volumes</c>; empty puts all in one group.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.bad-grouping</c>.</exception>
    public static SnapshotGrouping Parse(string text)
    {
        var grouping = new SnapshotGrouping(Host: false, Paths: false);
        foreach (var word in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            grouping = word switch
            {
                "host" or "hosts" => grouping with { Host = true },
                "path" or "paths" => grouping with { Paths = true },
                "tag" or "tags" => grouping with { Tags = true },
                "volume" or "volumes" => grouping with { Volumes = true },
                _ => throw new HoldfastException(ErrorKind.Invalid, "snapshot.bad-grouping", $"Snapshots cannot be grouped by '{word}'.", "Group by host, paths, tags or volumes, separated by commas."),
            };
        }

        return grouping;
    }

    /// <summary>Groups, in the order of their keys; in each the newest first.</summary>
    public IReadOnlyList<SnapshotGroup> Group(IEnumerable<Snapshot> snapshots) =>
    [
        .. snapshots.GroupBy(KeyOf)
            .OrderBy(group => group.Key.ToString(), StringComparer.Ordinal)
            .Select(group => new SnapshotGroup(group.Key, [.. group.OrderByDescending(snapshot => snapshot.Time)])),
    ];

    // Reserved tags are left out: a hold must not put a snapshot into a group of its own.
    private SnapshotGroupKey KeyOf(Snapshot snapshot) => new(
        Host ? snapshot.Hostname : "",
        Paths ? Sorted(snapshot.Paths) : [],
        Tags ? Sorted(snapshot.Tags.Where(tag => !ReservedTags.IsReserved(tag))) : [],
        Volumes ? Sorted(snapshot.Facts.Volumes) : []);

    private static IReadOnlyList<string> Sorted(IEnumerable<string> words) => [.. words.Order(StringComparer.Ordinal)];
}

/// <summary>Snapshots that share what they are grouped by.</summary>
/// <param name="Key">What they share.</param>
/// <param name="Snapshots">The newest first.</param>
public sealed record SnapshotGroup(SnapshotGroupKey Key, IReadOnlyList<Snapshot> Snapshots);
