using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Keeping;

/// <summary>What a run of forget would do.</summary>
/// <param name="Groups">The decision on each snapshot that the rules were applied to.</param>
/// <param name="Forget">What leaves the rules' reach now: removed at once, or moved to the trash when deletion is delayed.</param>
/// <param name="Purge">What is in the trash and whose time has come: removed for good.</param>
/// <param name="DeleteAfter">When what is forgotten now may be removed for good; null when that is at once.</param>
public sealed record ForgetPlan(IReadOnlyList<ForgetGroup> Groups, IReadOnlyList<Snapshot> Forget, IReadOnlyList<Snapshot> Purge, DateTimeOffset? DeleteAfter)
{
    /// <summary>Gets the snapshots that are gone when it is done, for the preview of what prune would free.</summary>
    public IEnumerable<Snapshot> Gone => DeleteAfter is null ? Forget.Concat(Purge) : Purge;
}

/// <summary>The decisions on one group.</summary>
/// <param name="Key">What its snapshots share.</param>
/// <param name="Decisions">The newest snapshot first.</param>
public sealed record ForgetGroup(SnapshotGroupKey Key, IReadOnlyList<KeepDecision> Decisions);
