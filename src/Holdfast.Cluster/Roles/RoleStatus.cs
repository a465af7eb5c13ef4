using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Roles;

/// <summary>What a role or resource is doing on its owner.</summary>
public enum OnlineState
{
    /// <summary>Not running here.</summary>
    Offline,

    /// <summary>Being brought online.</summary>
    Starting,

    /// <summary>Online, and its probes pass.</summary>
    Online,

    /// <summary>Being taken offline.</summary>
    Stopping,

    /// <summary>It does not work here.</summary>
    Failed,
}

/// <summary>What a resource is doing.</summary>
/// <param name="Name">The resource.</param>
/// <param name="State">Its state.</param>
/// <param name="Reason">Why it is in this state, one sentence.</param>
public sealed record ResourceStatus(ResourceName Name, OnlineState State, string Reason);

/// <summary>What the owner of a role last said of it: key <c>status/{role}</c>.</summary>
public sealed record RoleStatus
{
    /// <summary>Gets the role.</summary>
    public required RoleName Role { get; init; }

    /// <summary>Gets the node that says so.</summary>
    public required NodeName Node { get; init; }

    /// <summary>Gets the epoch it speaks of; a status of an older epoch says nothing about the present.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Gets the state of the role as a whole.</summary>
    public required OnlineState State { get; init; }

    /// <summary>Gets why, one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets whether the restart budget is spent, or the role cannot run on this node: it should move.</summary>
    public bool GivenUp { get; init; }

    /// <summary>Gets whether every resource that can tell says that nobody uses it; false when none can.</summary>
    public bool Idle { get; init; }

    /// <summary>Gets the resources, in the order of their declaration.</summary>
    public ImmutableArray<ResourceStatus> Resources { get; init; } = [];

    /// <summary>Gets how long the last start took, from the decision read to everything online.</summary>
    public TimeSpan? LastStartTook { get; init; }

    /// <summary>How many measured arrivals a status remembers.</summary>
    public const int MeasuresKept = 8;

    /// <summary>Gets the last arrivals of the role as they were measured, on any node, newest first, at most <see cref="MeasuresKept"/>.</summary>
    public ImmutableArray<TakeoverMeasure> Takeovers { get => field.IsDefault ? [] : field; init; } = []; // Absent in what an older version wrote.

    /// <inheritdoc/>
    public bool Equals(RoleStatus? other) =>
        other is not null && Role == other.Role && Node == other.Node && Epoch == other.Epoch && State == other.State && Reason == other.Reason
        && GivenUp == other.GivenUp && Idle == other.Idle && LastStartTook == other.LastStartTook && Takeovers.SequenceEqual(other.Takeovers) && Resources.SequenceEqual(other.Resources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Role, Node, Epoch, State);
}
