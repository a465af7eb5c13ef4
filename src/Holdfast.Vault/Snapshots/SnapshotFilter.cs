namespace Holdfast.Vault.Snapshots;

/// <summary>Which snapshots a command is about, as restic's <c>--host</c>, <c>--path</c> and <c>--tag</c> choose them; empty lists choose all.</summary>
public sealed record SnapshotFilter
{
    /// <summary>Gets everything but the trash.</summary>
    public static SnapshotFilter All { get; } = new();

    /// <summary>Gets the host names of which one must match.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Gets the paths that it must all have.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Gets lists of tags: one of the lists must be there whole. An empty tag stands for a snapshot without tags.</summary>
    public IReadOnlyList<IReadOnlyList<string>> TagLists { get; init; } = [];

    /// <summary>Gets the volumes of which one must match.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Gets whether forgotten snapshots whose time has not come are chosen too. The default is no.</summary>
    public bool Trash { get; init; }

    /// <summary>Reads <c>tag,tag</c>.</summary>
    public static IReadOnlyList<string> TagList(string text) => [.. text.Split(',').Select(tag => tag.Trim())];

    /// <summary>Whether a snapshot is chosen.</summary>
    public bool Matches(Snapshot snapshot) =>
        (Trash || snapshot.DeleteAfter() is null)
        && (Hosts.Count == 0 || Hosts.Contains(snapshot.Hostname, StringComparer.Ordinal))
        && (Volumes.Count == 0 || Volumes.Any(volume => snapshot.Facts.Volumes.Contains(volume, StringComparer.Ordinal)))
        && Paths.All(path => snapshot.Paths.Contains(path, StringComparer.Ordinal))
        && (TagLists.Count == 0 || TagLists.Any(list => HasAll(snapshot, list)));

    /// <summary>Whether all tags of a list are there.</summary>
    public static bool HasAll(Snapshot snapshot, IReadOnlyList<string> tags)
    {
        foreach (var tag in tags)
        {
            // As restic: the empty tag settles it for a snapshot without any.
            if (tag.Length == 0 && snapshot.Tags.Count == 0) return true;
            if (!snapshot.HasTag(tag)) return false;
        }

        return true;
    }
}
