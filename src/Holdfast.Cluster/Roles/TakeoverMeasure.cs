using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Roles;

/// <summary>How long one arrival of a role took, as its new owner measured it on its own clock. What is expected of the next is told from these.</summary>
/// <param name="To">The node that it came online on.</param>
/// <param name="Kind">Why the owner changed.</param>
/// <param name="Start">From the decision read to everything online.</param>
/// <param name="Whole">
/// From the last sign of life of a lost owner, or from when the role was told to leave, to everything online; null when this node
/// did not see the beginning.
/// </param>
public sealed record TakeoverMeasure(NodeName To, ChangeKind Kind, TimeSpan Start, TimeSpan? Whole);
