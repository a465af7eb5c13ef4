using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Upgrades;

/// <summary>The build that a node runs: key <c>builds/{node}</c>, written by that node alone, so that no other build can lose a part of it.</summary>
public sealed record NodeBuild
{
    /// <summary>Gets the node.</summary>
    public required NodeName Node { get; init; }

    /// <summary>Gets the product's version.</summary>
    public required string Version { get; init; }

    /// <summary>Gets the newest record format that it reads.</summary>
    public required int Format { get; init; }
}
