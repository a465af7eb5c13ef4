namespace Holdfast.Cluster.Tests.OneOwner;

/// <summary>The guards of the protocol; each can be left out, to show that the model notices.</summary>
internal sealed record Guards
{
    public static Guards All { get; } = new();

    /// <summary>Commits compare the lost owner's lease (leases rule 9).</summary>
    public bool LeaseCondition { get; init; } = true;

    /// <summary>Commits compare the placement judged (leases rule 9).</summary>
    public bool PlacementCondition { get; init; } = true;

    /// <summary>Commits compare the planner key (leases rule 13); for rules between roles, not for one owner.</summary>
    public bool PlannerKey { get; init; } = true;

    /// <summary>Observers wait the margin (leases rule 3).</summary>
    public bool Margin { get; init; } = true;

    /// <summary>Observers count from the receipt of the lease's present revision (leases rule 2).</summary>
    public bool CountPresentRevision { get; init; } = true;

    /// <summary>A lease counts from before the send (leases rule 1).</summary>
    public bool CountFromSend { get; init; } = true;

    /// <summary>A closed epoch is never started again (leases rule 11).</summary>
    public bool ClosedEpochs { get; init; } = true;

    /// <summary>A start needs the incarnation that the placement names (leases rule 6).</summary>
    public bool Incarnation { get; init; } = true;
}
