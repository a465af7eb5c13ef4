using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Copying;

/// <summary>Decides whether a vault holds enough to seed another one with, and what goes on the disk.</summary>
/// <remarks>
/// A seed is the state from which the far side is kept up to date over a thin line. It is of use only when every later change has its base there:
/// for every node and every shared volume at least one complete backup, and none of these bases older than the first backup at which all shared volumes
/// were present. An older base knows a cluster with fewer volumes; what came since would have to go over the line whole.
/// </remarks>
public static class SeedPlanner
{
    /// <summary>Plans.</summary>
    /// <param name="snapshots">All snapshots of the source; those in the trash do not count.</param>
    /// <param name="nodes">The nodes that are protected.</param>
    /// <param name="sharedVolumes">The ids of the shared volumes that are protected.</param>
    public static SeedPlan Plan(IEnumerable<Snapshot> snapshots, IReadOnlyList<string> nodes, IReadOnlyList<string> sharedVolumes)
    {
        var inOrder = snapshots.Where(snapshot => snapshot.DeleteAfter() is null).OrderBy(snapshot => snapshot.Time).ToList();
        var first = inOrder.FirstOrDefault(snapshot => sharedVolumes.All(volume => snapshot.Facts.SharedVolumes.Contains(volume, StringComparer.Ordinal)));
        if (first is null) return new([], null, [], [new SeedGap.NoBackupWithAllVolumes(NeverSeen(inOrder, sharedVolumes))]);

        var bases = inOrder.Where(snapshot => snapshot.Facts.Type == SnapshotType.Full && !snapshot.HasTag(ReservedTags.Repaired)).ToList();
        List<Snapshot> chosen = [];
        List<SeedGap> gaps = [];
        foreach (var node in nodes)
        {
            Choose(snapshot => NodeOf(snapshot) == node, older => new SeedGap.NoBaseOfNode(node, older));
        }

        foreach (var volume in sharedVolumes)
        {
            Choose(snapshot => snapshot.Facts.Volumes.Contains(volume, StringComparer.Ordinal), older => new SeedGap.NoBaseOfVolume(volume, older));
        }

        // What came after the oldest base belongs to the same state: without it the line would carry it.
        var oldest = chosen.Count == 0 ? first.Time : chosen.Min(snapshot => snapshot.Time);
        return new([.. inOrder.Where(snapshot => snapshot.Time >= oldest)], first, [.. chosen.Distinct()], gaps);

        void Choose(Func<Snapshot, bool> isOf, Func<Snapshot?, SeedGap> missing)
        {
            var own = bases.Where(isOf).ToList();
            if (own.LastOrDefault(snapshot => snapshot.Time >= first.Time) is { } newest) chosen.Add(newest);
            else gaps.Add(missing(own.LastOrDefault()));
        }
    }

    /// <summary>The nodes that made any of these snapshots, for those who name none.</summary>
    public static IReadOnlyList<string> NodesOf(IEnumerable<Snapshot> snapshots) => [.. snapshots.Select(NodeOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The shared volumes that were present at any of them.</summary>
    public static IReadOnlyList<string> SharedVolumesOf(IEnumerable<Snapshot> snapshots) => [.. snapshots.SelectMany(snapshot => snapshot.Facts.SharedVolumes).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string NodeOf(Snapshot snapshot) => snapshot.Facts.Node ?? snapshot.Hostname;

    private static IReadOnlyList<string> NeverSeen(List<Snapshot> snapshots, IReadOnlyList<string> volumes) =>
        [.. volumes.Where(volume => !snapshots.Any(snapshot => snapshot.Facts.SharedVolumes.Contains(volume, StringComparer.Ordinal)))];
}
