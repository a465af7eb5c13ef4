namespace Holdfast.Simulation.Mistakes;

/// <summary>
/// A rule of the lease protocol that is deliberately not kept, to show that the simulation notices. Each is made where a part of
/// the product meets the world (store, leash, clock), so that the product itself has no switch that turns its safety off.
/// </summary>
public enum Mistake
{
    /// <summary>Every rule is kept.</summary>
    None,

    /// <summary>Rule 1: the lease counts from the answer instead of from before the send.</summary>
    LeaseFromReply,

    /// <summary>Rule 1: a renewal that was not answered is taken for one that got through.</summary>
    UnknownIsCommitted,

    /// <summary>Rule 2: an observer waits by its own duration and margin, not by those in the record.</summary>
    OwnDuration,

    /// <summary>Rule 2: an observer counts from when its connection broke, not from when it received the revision.</summary>
    CountFromDisconnect,

    /// <summary>Rule 3: observers wait no margin at all.</summary>
    NoMargin,

    /// <summary>Rule 3: the margin leaves out the time that the owner needs to end everything.</summary>
    MarginWithoutKillTime,

    /// <summary>Rule 4: a shorter duration does not lower the leash's deadline before it is sent.</summary>
    NoCap,

    /// <summary>Rule 5: the node renews although its role runner stands still.</summary>
    RenewWithoutProgress,

    /// <summary>Rule 5: a condemned node is taken for ended at once.</summary>
    EndAtOnce,

    /// <summary>Rule 6: a new incarnation takes the placements of the one before for its own.</summary>
    InheritPlacements,

    /// <summary>Rule 6: a machine that lost its state folder begins again with incarnation 1.</summary>
    ReusedIncarnation,

    /// <summary>Rule 7: a new incarnation is minted while something of the old one is left.</summary>
    MintBeforeClean,

    /// <summary>Rule 7: a cloned machine is taken for the same boot and does not wait the old lease out.</summary>
    NoWaitOut,

    /// <summary>Rule 8: what a watch missed is not noticed.</summary>
    WatchGapIgnored,

    /// <summary>Rule 9: a takeover does not compare the lease with what it judged.</summary>
    NoLeaseCondition,

    /// <summary>Rule 9: commits do not compare the placement with what they judged.</summary>
    NoPlacementCondition,

    /// <summary>Rule 9: a deleted role leaves no tombstone.</summary>
    NoTombstone,

    /// <summary>Rule 10: the exit of a process frees its role.</summary>
    ExitIsRelease,

    /// <summary>Rule 10: a role that was assigned and has not started yet counts as free.</summary>
    UnstartedIsFree,

    /// <summary>Rule 11: a role is released before its stop is verified.</summary>
    ReleaseBeforeStopped,

    /// <summary>Rule 11: the epoch is not closed before the role is released.</summary>
    EpochLeftOpen,

    /// <summary>Rule 12: the leash makes effects without asking whether they are still allowed.</summary>
    UnfencedEffects,

    /// <summary>Rule 12: what was being made when the lease expired is not undone.</summary>
    SweepWithoutLatch,

    /// <summary>Rule 13: a commit that lost a comparison is sent again from the same view, without it.</summary>
    ForcedAfterConflict,

    /// <summary>Rule 14: a leash that starts does not sweep what the one before left.</summary>
    NoSweepAtStart,

    /// <summary>Rule 14: nobody ends the roles when the leash hangs.</summary>
    NoSecondKiller,

    /// <summary>Rule 15: a machine that cannot end a role goes on.</summary>
    NoReset,

    /// <summary>Rule 16: the leash counts on a clock that stops in suspend, and on no other.</summary>
    SuspendUnnoticed,

    /// <summary>Rule 17: an incarnation outlives the store that it was registered with.</summary>
    WentBackIgnored,

    /// <summary>Rule 17: a backup of the store is put back as it is.</summary>
    NaiveRestore,

    /// <summary>Rule 18: the store fails over to a copy that lacks the last commits.</summary>
    LostCommits,
}
