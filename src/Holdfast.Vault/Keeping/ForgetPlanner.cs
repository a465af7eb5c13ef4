using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Keeping;

/// <summary>Decides what a run of forget does.</summary>
public static class ForgetPlanner
{
    /// <summary>By rules.</summary>
    /// <param name="snapshots">All of the vault, with the trash.</param>
    /// <param name="filter">Which of them the rules are applied to.</param>
    /// <param name="grouping">How they are grouped.</param>
    /// <param name="rules">The rules; without any nothing is forgotten.</param>
    /// <param name="now">The time.</param>
    /// <param name="delay">How long what is forgotten stays in the trash; zero for not at all.</param>
    public static ForgetPlan ByRules(IReadOnlyCollection<Snapshot> snapshots, SnapshotFilter filter, SnapshotGrouping grouping, KeepRules rules, DateTimeOffset now, TimeSpan delay)
    {
        var subject = snapshots.Where(snapshot => snapshot.DeleteAfter() is null && filter.Matches(snapshot));
        List<ForgetGroup> groups = [.. grouping.Group(subject).Select(group => new ForgetGroup(group.Key, KeepPlanner.Decide(group.Snapshots, rules, now)))];
        return new(groups, [.. groups.SelectMany(group => group.Decisions).Where(decision => !decision.Keep).Select(decision => decision.Snapshot)], Due(snapshots, now), Until(now, delay));
    }

    /// <summary>By name.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.held</c>: a legal hold is on one of them.</exception>
    public static ForgetPlan ByName(IReadOnlyCollection<Snapshot> snapshots, IReadOnlyList<Snapshot> chosen, DateTimeOffset now, TimeSpan delay)
    {
        if (chosen.FirstOrDefault(ReservedTags.IsHeld) is { } held)
        {
            throw new HoldfastException(ErrorKind.Conflict, "snapshot.held", $"A legal hold is on snapshot {held.ShortId}: it cannot be forgotten.", $"When the hold has ended: holdfast tag --remove {ReservedTags.Hold} {held.ShortId}");
        }

        return new([], [.. chosen.Where(snapshot => snapshot.DeleteAfter() is null)], Due(snapshots, now), Until(now, delay));
    }

    /// <summary>The form in which a snapshot goes to the trash. It stays a snapshot: whoever opens the vault, restic too, can restore it, and prune counts what it holds as used.</summary>
    public static Snapshot ToTrash(Snapshot snapshot, DateTimeOffset deleteAfter) =>
        TagChange.Rewritten(snapshot) with { Tags = [.. ReservedTags.WithoutTrash(snapshot.Tags), ReservedTags.DeleteAfter(deleteAfter)] };

    /// <summary>The form in which it comes back.</summary>
    public static Snapshot FromTrash(Snapshot snapshot) => TagChange.Rewritten(snapshot) with { Tags = [.. ReservedTags.WithoutTrash(snapshot.Tags)] };

    // A hold that was put on a snapshot in the trash keeps it there.
    private static IReadOnlyList<Snapshot> Due(IEnumerable<Snapshot> snapshots, DateTimeOffset now) => [.. snapshots.Where(snapshot => snapshot.DeleteAfter() <= now && !snapshot.IsHeld())];

    private static DateTimeOffset? Until(DateTimeOffset now, TimeSpan delay) => delay > TimeSpan.Zero ? now + delay : null;
}
