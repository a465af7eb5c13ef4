using Holdfast.Cluster.Planning;

namespace Holdfast.Cluster.Leases;

/// <summary>The observer's side of a lease: how long it has been silent, and how long is long enough. The owner's side is <see cref="RenewalLedger"/>.</summary>
public static class LeaseArithmetic
{
    /// <summary>How long an observer waits before the lease is over: the duration and margin of the record itself, never the observer's own (leases rule 2).</summary>
    public static TimeSpan SilenceNeeded(LeaseRecord record) => record.Duration + record.Margin;

    /// <summary>How old the last renewal may be for its node to be given more roles. A node later than that may be dying; it renews or ends soon enough.</summary>
    public static TimeSpan FreshFor(LeaseRecord record) => record.Duration / 2;

    /// <summary>
    /// Returns how long the lease's present revision has been seen unchanged, or null when this observer has not received
    /// that revision yet: then the count has not started, however long ago an earlier one was seen.
    /// </summary>
    public static TimeSpan? Counted(Versioned<LeaseRecord> lease, LeaseObservation? observation, ClockReading now) =>
        observation is { } seen && seen.Revision == lease.Revision ? now.ObservedSince(seen.FirstSeen) : null;

    /// <summary>Whether an observer may declare the lease over.</summary>
    public static bool IsSilent(LeaseRecord record, TimeSpan? counted) => counted >= SilenceNeeded(record);
}
