using Holdfast.Cluster.Leases;

namespace Holdfast.Agent.Leases;

/// <summary>Where this node stands with its lease.</summary>
/// <param name="Incarnation">The present incarnation; 0 when there is none.</param>
/// <param name="ArmedUntil">What the leash answered last; null before the first acknowledged renewal.</param>
/// <param name="Reason">Why there is none, or since when there is one: one sentence.</param>
internal sealed record LeaseStanding(long Incarnation, ClockReading? ArmedUntil, string Reason)
{
    /// <summary>Whether the node may act at <paramref name="now"/>.</summary>
    public bool HeldAt(ClockReading now) => ArmedUntil is { } until && !now.HasReached(until);
}
