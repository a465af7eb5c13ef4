using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Snapshots;

/// <summary>A change of tags as <c>restic tag</c> makes it: set replaces all of them, otherwise some are added and then some removed.</summary>
/// <remarks>Unlike restic, set keeps the reserved tags (a hold, the trash): they are taken off only by name.</remarks>
public sealed record TagChange
{
    /// <summary>Gets the tags that replace those there are; null when it is not that kind of change. One empty tag stands for none.</summary>
    public IReadOnlyList<string>? Set { get; init; }

    public IReadOnlyList<string> Add { get; init; } = [];

    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>The tags of a snapshot afterwards.</summary>
    public IReadOnlyList<string> Apply(IReadOnlyList<string> tags)
    {
        if (Set is { } set) return [.. set.Where(tag => tag.Length > 0).Concat(tags.Where(ReservedTags.IsReserved)).Distinct(StringComparer.Ordinal)];
        return [.. tags.Concat(Add).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal).Except(Remove, StringComparer.Ordinal)];
    }

    /// <summary>The snapshot with its tags changed, to be written as a new file; null when nothing changes. It remembers the first one it stems from.</summary>
    public Snapshot? Apply(Snapshot snapshot)
    {
        var tags = Apply(snapshot.Tags);
        return tags.SequenceEqual(snapshot.Tags, StringComparer.Ordinal) ? null : Rewritten(snapshot) with { Tags = tags };
    }

    /// <summary>A snapshot that is to be written anew, with the id that lasts.</summary>
    public static Snapshot Rewritten(Snapshot snapshot) =>
        snapshot with { Id = "", Original = snapshot.Original ?? (BlobId.TryParse(snapshot.Id, out var id) ? id : null) };
}
