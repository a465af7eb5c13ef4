namespace Holdfast.Cluster.Planning;

/// <summary>What a step does to a view, for tests, simulation and what-if. The store does the same to its records.</summary>
public static class PlanStepExtensions
{
    /// <summary>Returns the view after <paramref name="step"/> was committed at <paramref name="revision"/>. Steps committed as one share a revision.</summary>
    public static ClusterView Apply(this ClusterView view, PlanStep step, long revision)
    {
        var after = view with { Revision = revision, PlannerRevision = revision };
        return step switch
        {
            PlanStep.EndLease end => after with { Leases = view.Leases.SetItem(end.Next.Node, new(end.Next, revision)) },
            PlanStep.Place place => after with { Placements = view.Placements.SetItem(place.Next.Role, new(place.Next, revision)) },
            PlanStep.UpdateRole update => after with { Roles = view.Roles.SetItem(update.Next.Name, new(update.Next, revision)) },
            PlanStep.UpdateNode update => after with { Nodes = view.Nodes.SetItem(update.Next.Name, new(update.Next, revision)) },
            PlanStep.UpdateSettings update => after with { Settings = update.Next, SettingsRevision = revision },
            PlanStep.RemoveRole remove => after with { Roles = view.Roles.Remove(remove.Role) },
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "This step is unknown."),
        };
    }
}
