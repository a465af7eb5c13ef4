using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;

namespace Holdfast.Cluster.Planning;

/// <summary>What the planner wants done, and when it must be asked again even if nothing changes.</summary>
/// <param name="Steps">In the order of their importance; each can be committed on its own.</param>
/// <param name="LookAgainIn">Null when only a change can matter.</param>
/// <param name="Waiting">Roles that are wanted online but cannot be placed now, and why.</param>
public sealed record Plan(ImmutableArray<PlanStep> Steps, TimeSpan? LookAgainIn, ImmutableSortedDictionary<RoleName, Because> Waiting)
{
    /// <summary>Gets what somebody is asked about, by role.</summary>
    public ImmutableSortedDictionary<RoleName, Because> Questions { get; init; } = ImmutableSortedDictionary<RoleName, Because>.Empty;
}

/// <summary>
/// One change to the store, complete: the record to write and the revisions it was judged at. Whoever commits it compares
/// those revisions and the planner key (leases rules 9 and 13).
/// </summary>
public abstract record PlanStep(Because Because)
{
    /// <summary>Marks a lease that was observed silent for its duration and margin (or that closed) as ended.</summary>
    public sealed record EndLease(LeaseRecord Next, long JudgedRevision, Because Because) : PlanStep(Because);

    /// <summary>Changes a placement.</summary>
    /// <param name="Next">The placement to write.</param>
    /// <param name="JudgedRevision">The revision of the placement that was judged; 0 when it must not exist.</param>
    /// <param name="LostOwner">The lease whose end frees the role, when that is why: compared too, at its judged revision or at the one <see cref="EndLease"/> of the same commit gives it.</param>
    /// <param name="Because">Why.</param>
    public sealed record Place(Placement Next, long JudgedRevision, JudgedLease? LostOwner, Because Because) : PlanStep(Because);

    /// <summary>Changes what is recorded of a role itself; its placement stays as it is.</summary>
    public sealed record UpdateRole(RoleSpec Next, long JudgedRevision, Because Because) : PlanStep(Because);

    /// <summary>Changes the cluster's settings.</summary>
    public sealed record UpdateSettings(ClusterSettings Next, long JudgedRevision, Because Because) : PlanStep(Because);

    /// <summary>Changes what is recorded of a node.</summary>
    public sealed record UpdateNode(NodeRecord Next, long JudgedRevision, Because Because) : PlanStep(Because);

    /// <summary>Removes a role that was being deleted and is free; its placement stays as a tombstone.</summary>
    public sealed record RemoveRole(RoleName Role, long JudgedRevision, long JudgedPlacementRevision, Because Because) : PlanStep(Because);
}

/// <summary>A lease and the revision of it that was judged.</summary>
public readonly record struct JudgedLease(NodeName Node, long Revision);

/// <summary>Whether a node could own a role now, for the planner and for <c>role explain</c> alike.</summary>
/// <param name="Node">The node.</param>
/// <param name="Eligible">Whether it can be given the role now.</param>
/// <param name="Rank">1 for the node that would win; 0 when not eligible.</param>
/// <param name="Reason">Why not, or why in this place.</param>
public sealed record Candidate(NodeName Node, bool Eligible, int Rank, string Reason);
