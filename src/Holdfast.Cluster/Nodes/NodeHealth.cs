using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Nodes;

/// <summary>What can run out on a node.</summary>
public enum HealthConcern
{
    /// <summary>Room on the disk that holds the state, and with it the node's member of the store.</summary>
    Disk,

    /// <summary>Memory.</summary>
    Memory,

    /// <summary>The time in which the store takes a renewal of the lease.</summary>
    Store,
}

/// <summary>Something that runs out.</summary>
/// <param name="Concern">What.</param>
/// <param name="Sentence">How much was left when it was noticed, as the end of a sentence that starts with the node.</param>
public sealed record HealthProblem(HealthConcern Concern, string Sentence);

/// <summary>What a node says of its own health: key <c>health/{node}</c>, written only when it changes.</summary>
public sealed record NodeHealth
{
    /// <summary>Gets the node.</summary>
    public required NodeName Node { get; init; }

    /// <summary>Gets what runs out; empty when it is well.</summary>
    public ImmutableArray<HealthProblem> Problems { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <inheritdoc/>
    public bool Equals(NodeHealth? other) => other is not null && Node == other.Node && Problems.SequenceEqual(other.Problems);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Node, Problems.Length);
}
