using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Copying;

/// <summary>A snapshot in the vault that it was copied to: the same but for its parent, which may not be there.</summary>
internal static class CopiedSnapshot
{
    public static Snapshot Of(Snapshot snapshot) =>
        snapshot with { Id = "", Parent = null, Original = snapshot.Original ?? (BlobId.TryParse(snapshot.Id, out var id) ? id : null) };

    /// <summary>Whether one is the other's copy as it is now: a change of tags makes another copy, as in restic.</summary>
    public static bool IsCopy(Snapshot snapshot, Snapshot copy) =>
        snapshot.LastingId == copy.LastingId && snapshot.Time == copy.Time && snapshot.Tree == copy.Tree && snapshot.Hostname == copy.Hostname
        && snapshot.Username == copy.Username && snapshot.Uid == copy.Uid && snapshot.Gid == copy.Gid && snapshot.Facts == copy.Facts
        && snapshot.Paths.ToHashSet().SetEquals(copy.Paths) && snapshot.Tags.ToHashSet().SetEquals(copy.Tags) && snapshot.Excludes.SequenceEqual(copy.Excludes);
}
