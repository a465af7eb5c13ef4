using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Planning;

/// <summary>What switching a node off in good order would mean.</summary>
/// <param name="Node">The node.</param>
/// <param name="Quorum">The votes that would be left.</param>
/// <param name="Moves">The roles that would move, and where to.</param>
/// <param name="Stay">The roles that could not leave it, and why: they would be offline.</param>
/// <param name="LosesRedundancy">The roles that another loss would take offline then, and would not now.</param>
/// <param name="HasNone">The roles that the loss of their owner would take offline already now.</param>
public sealed record RebootOutlook(
    NodeName Node,
    StoreQuorum Quorum,
    ImmutableArray<(RoleName Role, NodeName To)> Moves,
    ImmutableSortedDictionary<RoleName, Because> Stay,
    ImmutableArray<RoleName> LosesRedundancy,
    ImmutableSortedSet<RoleName> HasNone)
{
    /// <summary>Gets whether everything that is online would stay online.</summary>
    public bool Yes => Stay.IsEmpty && Quorum.Holds;
}
