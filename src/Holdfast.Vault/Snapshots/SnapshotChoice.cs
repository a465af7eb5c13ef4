namespace Holdfast.Vault.Snapshots;

/// <summary>A snapshot as people name it: <c>latest</c>, or the beginning of an id, and after a colon a path in it.</summary>
/// <param name="Name">What is before the colon.</param>
/// <param name="Path">What is after it; empty for the whole.</param>
public sealed record SnapshotChoice(string Name, string Path)
{
    private const string Latest = "latest";

    /// <summary>Reads <c>ID</c>, <c>ID:path</c> or <c>latest:path</c>.</summary>
    public static SnapshotChoice Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new(text, "") : new(text[..colon], text[(colon + 1)..]);
    }

    /// <summary>Whether an id begins with what was given; never for <c>latest</c>.</summary>
    internal bool Names(string id) => Name.Length > 0 && id.StartsWith(Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The snapshot that is meant. A filter holds only for <c>latest</c>: an id is an id.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.not-found</c>, <c>snapshot.ambiguous</c>.</exception>
    public Snapshot Find(IReadOnlyCollection<Snapshot> snapshots, SnapshotFilter filter)
    {
        if (Name == Latest)
        {
            return snapshots.Where(filter.Matches).OrderByDescending(snapshot => snapshot.Time).ThenBy(snapshot => snapshot.Id, StringComparer.Ordinal).FirstOrDefault()
                ?? throw new HoldfastException(ErrorKind.NotFound, "snapshot.not-found", "The vault has no snapshot that fits.", "See what there is: holdfast snapshots");
        }

        var found = snapshots.Where(snapshot => Names(snapshot.Id)).Take(2).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw new HoldfastException(ErrorKind.NotFound, "snapshot.not-found", $"The vault has no snapshot '{Name}'.", "See what there is: holdfast snapshots"),
            _ => throw new HoldfastException(ErrorKind.Conflict, "snapshot.ambiguous", $"Several snapshots begin with '{Name}'.", "Give more digits of the id."),
        };
    }
}
