using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Roles;

/// <summary>So many within so long.</summary>
/// <param name="Count">How many are allowed; 0 allows none.</param>
/// <param name="Period">The sliding period they are counted in.</param>
public sealed record Budget(int Count, TimeSpan Period);

/// <summary>When a role goes back to a more preferred owner.</summary>
public enum FailbackPolicy
{
    /// <summary>It stays where it is.</summary>
    Never,

    /// <summary>As soon as a more preferred owner is up.</summary>
    AtOnce,

    /// <summary>Only inside a daily window.</summary>
    Window,

    /// <summary>When every resource that can say so says that nobody uses it.</summary>
    WhenIdle,

    /// <summary>When somebody says so, who is asked.</summary>
    Ask,
}

/// <summary>When a role goes back, with the window when there is one.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="From">Start of the window, time of day in UTC.</param>
/// <param name="To">End of the window, time of day in UTC; earlier than <paramref name="From"/> means over midnight.</param>
public sealed record Failback(FailbackPolicy Policy, TimeOnly? From = null, TimeOnly? To = null)
{
    /// <summary>Gets the default.</summary>
    public static Failback Never { get; } = new(FailbackPolicy.Never);
}

/// <summary>On how many nodes a role is online.</summary>
public enum RoleMode
{
    /// <summary>On one at a time.</summary>
    Single,

    /// <summary>On every node that may own it.</summary>
    Everywhere,
}

/// <summary>A named group of resources that is online on one node at a time, or on every node that may own it: key <c>roles/{role}</c>.</summary>
public sealed record RoleSpec
{
    /// <summary>Gets the name.</summary>
    public required RoleName Name { get; init; }

    /// <summary>Gets on how many nodes it is online. The default is one.</summary>
    public RoleMode Mode { get; init; }

    /// <summary>Gets the nodes that may own it; empty means every member.</summary>
    public ImmutableArray<NodeName> PossibleOwners { get; init; } = [];

    /// <summary>Gets the nodes that it should be on, best first.</summary>
    public ImmutableArray<NodeName> PreferredOwners { get; init; } = [];

    /// <summary>Gets the roles whose node it goes to. The default is none.</summary>
    public ImmutableArray<Affinity> Affinity { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the roles that it is kept apart from, and they from it. The default is none.</summary>
    public ImmutableArray<Affinity> AntiAffinity { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets when it goes back to a more preferred owner.</summary>
    public Failback Failback { get; init; } = Failback.Never;

    /// <summary>Gets how often a failed resource is started again on the same node before the role moves. The default is 3 in 15 minutes.</summary>
    public Budget Restarts { get; init; } = new(3, TimeSpan.FromMinutes(15));

    /// <summary>Gets how often the role may move because it failed, before it is left <see cref="PlacementPhase.Failed"/>. The loss of a node does not count. The default is 3 in 1 hour.</summary>
    public Budget Failovers { get; init; } = new(3, TimeSpan.FromHours(1));

    /// <summary>Gets how long a role that failed too often is left alone before it is tried again by itself; null, the default: until somebody starts it.</summary>
    public TimeSpan? Quarantine { get; init; }

    /// <summary>Gets its start tier: lower tiers are online before higher ones are started, when many land at once. The default is 0.</summary>
    public int StartTier { get; init; }

    /// <summary>Gets its priority within its tier, higher first. The default is 0.</summary>
    public int Priority { get; init; }

    /// <summary>Gets what it counts for when roles are spread over nodes. The default is 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Gets whether it is wanted online.</summary>
    public DesiredState Desired { get; init; } = DesiredState.Online;

    /// <summary>Gets whether it is being deleted: released, then removed. Its placement stays as a tombstone so that its epochs go on growing.</summary>
    public bool Deleting { get; init; }

    /// <summary>Gets the maintenance that it is in, or was in until its record is cleared; null when in none. No part of its declaration.</summary>
    public Maintenance? Maintenance { get; init; }

    /// <summary>
    /// Gets whether, after an owner ended without having been seen to finish, the role waits for an operator's word
    /// (leases rule 15): true when it holds a disk that nothing but the lease protects.
    /// </summary>
    public bool NeedsConfirmedEnd { get; init; }

#if HOLDFAST_NEXT_FORMAT // A key that only the next build of the tests has.
    /// <summary>Gets what it is for, in the words of who declared it; null when they said nothing.</summary>
    [Upgrades.SinceFormat(2)]
    public string? Purpose { get; init; }
#endif

    /// <summary>Gets the resources.</summary>
    public ImmutableArray<ResourceSpec> Resources { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(RoleSpec? other) =>
        other is not null && Name == other.Name && Mode == other.Mode && PossibleOwners.SequenceEqual(other.PossibleOwners) && PreferredOwners.SequenceEqual(other.PreferredOwners)
        && Affinity.SequenceEqual(other.Affinity) && AntiAffinity.SequenceEqual(other.AntiAffinity)
        && Failback == other.Failback && Restarts == other.Restarts && Failovers == other.Failovers && Quarantine == other.Quarantine && StartTier == other.StartTier
        && Priority == other.Priority && Weight == other.Weight && Desired == other.Desired && Deleting == other.Deleting && Maintenance == other.Maintenance
#if HOLDFAST_NEXT_FORMAT
        && Purpose == other.Purpose
#endif
        && NeedsConfirmedEnd == other.NeedsConfirmedEnd && Resources.SequenceEqual(other.Resources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Resources.Length, Desired, Deleting);
}
