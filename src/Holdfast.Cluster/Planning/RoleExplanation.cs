using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>Where a role is, why it is there, why not elsewhere, and what would change it.</summary>
/// <param name="Role">The role.</param>
/// <param name="Summary">One sentence: where it is and since when.</param>
/// <param name="Placement">What is recorded.</param>
/// <param name="Status">What its owner said of the present epoch, if anything.</param>
/// <param name="WhyHere">The last decision; null before the first.</param>
/// <param name="Waiting">Why it is not where it shall be; null when all is as wanted.</param>
/// <param name="Next">What the planner would do now; null when nothing.</param>
/// <param name="Candidates">Every node, with why or why not.</param>
/// <param name="WouldChange">What would move it, one sentence each.</param>
public sealed record RoleExplanation(
    RoleName Role,
    string Summary,
    Placement Placement,
    RoleStatus? Status,
    Because? WhyHere,
    Because? Waiting,
    Because? Next,
    ImmutableArray<Candidate> Candidates,
    ImmutableArray<string> WouldChange)
{
    /// <summary>Gets the last decisions with their evidence, newest first.</summary>
    public ImmutableArray<Decision> History => Placement.History;
}
