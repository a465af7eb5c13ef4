using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <summary>One machine: agent, leash and clocks. It knows only its own clocks and what it received.</summary>
internal sealed class ModelNode(NodeName name, double bootRate, double rawRate, TimeSpan offset)
{
    public NodeName Name { get; } = name;

    /// <summary>Gets or sets whether the machine has power.</summary>
    public bool HasPower { get; set; } = true;

    /// <summary>Gets or sets whether the agent is stopped while the leash and the roles go on.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Gets or sets whether nothing passes between the machine and the store.</summary>
    public bool IsCut { get; set; }

    /// <summary>Gets or sets whether the machine lost its memory, so that it must wait out its own old lease (leases rule 7).</summary>
    public bool WasRebooted { get; set; }

    public long Incarnation { get; set; }

    /// <summary>Gets or sets the leash's deadline; null when expired or never armed.</summary>
    public ClockReading? Deadline { get; set; }

    public RenewalLedger Ledger { get; set; } = RenewalLedger.Empty;

    public long LeaseRevision { get; set; }

    /// <summary>Gets or sets how far the watch has come.</summary>
    public int Position { get; set; }

    public ImmutableDictionary<NodeName, LeaseObservation> Observed { get; set; } = ImmutableDictionary<NodeName, LeaseObservation>.Empty;

    public Dictionary<RoleName, Run> Running { get; } = [];

    public Dictionary<RoleName, Epoch> Closed { get; } = [];

    public bool CanAct => HasPower && !IsFrozen;

    public bool HasLease => CanAct && Deadline is not null;

    public ClockReading ClockAt(TimeSpan trueTime) => new(trueTime * bootRate + offset, trueTime * rawRate + offset);

    /// <summary>Closes an epoch and every older one; a stale read must not open a newer one again.</summary>
    public void Close(RoleName role, Epoch epoch) => Closed[role] = Closed.TryGetValue(role, out var closed) && closed > epoch ? closed : epoch;

    /// <summary>The true time at which either clock reaches the reading.</summary>
    public TimeSpan TrueTimeOf(ClockReading reading)
    {
        var (boot, raw) = ((reading.Boot - offset) / bootRate, (reading.Raw - offset) / rawRate);
        return boot < raw ? boot : raw;
    }
}

/// <summary>A role running on a node, in true time; <see cref="Until"/> is null while it runs.</summary>
internal sealed record Run(RoleName Role, NodeName Node, Epoch Epoch, TimeSpan From)
{
    public TimeSpan? Until { get; set; }
}
