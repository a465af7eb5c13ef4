using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Leases;

/// <summary>What stands between a node's incarnation and its end.</summary>
public enum LeaseState
{
    /// <summary>Renewed by its node; ends by itself.</summary>
    Live,

    /// <summary>Condemned: its node can no longer renew it, and it is ended after its duration and margin (leases rule 5).</summary>
    Closing,

    /// <summary>Over. The incarnation owns nothing any more. The record stays as a tombstone (leases rule 9).</summary>
    Ended,
}

/// <summary>A node's right to own roles, as the store holds it: key <c>leases/{node}</c>.</summary>
public sealed record LeaseRecord
{
    /// <summary>Gets the node.</summary>
    public required NodeName Node { get; init; }

    /// <summary>Gets the incarnation; ordered and never reused, also after evict and rejoin (leases rule 6).</summary>
    public required long Incarnation { get; init; }

    /// <summary>Gets the attempt that wrote this record, so that its sender knows which sending time to count from (leases rule 1).</summary>
    public required string Nonce { get; init; }

    /// <summary>Gets how long the lease lives from before the sending of that attempt. Observers wait this and <see cref="Margin"/> (leases rule 2).</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets what observers add: clock rate error and the time it takes to kill (leases rule 3).</summary>
    public required TimeSpan Margin { get; init; }

    /// <summary>Gets the state.</summary>
    public required LeaseState State { get; init; }

    /// <summary>Gets the kernel's boot id of the machine that holds it (leases rule 7).</summary>
    public required string BootId { get; init; }

    /// <summary>Gets the mark of this node's copy of the store, so that the others know how far it had come; 0 for a node that has none.</summary>
    public long CopyMark { get; init; }

    /// <summary>Gets whether an ended lease was ended by its own node after its leash had verified that nothing is left.</summary>
    public bool EndedClean { get; init; }

    /// <summary>Gets whether an operator gave their word that the machine is off; only meaningful when ended unclean.</summary>
    public bool ConfirmedDown { get; init; }
}
