namespace Holdfast.Cluster.Planning;

/// <summary>What has become of the incarnation that owns a placement.</summary>
/// <param name="Lease">The lease that shows it, at the revision judged.</param>
/// <param name="EndIsKnown">Whether it is known, not only inferred from silence, that nothing of it runs any more (leases rule 15).</param>
/// <param name="Evidence">What was seen.</param>
internal sealed record OwnerFate(JudgedLease Lease, bool EndIsKnown, string Evidence);
