using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>Every node's standing, judged once per plan from what this observer saw with its own clocks.</summary>
internal sealed class LeaseJudgement
{
    private readonly Dictionary<NodeName, NodeStanding> _standings;
    private readonly ClusterView _view;

    private LeaseJudgement(ClusterView view, ImmutableArray<NodeStanding> all)
    {
        (_view, All) = (view, all);
        _standings = all.ToDictionary(standing => standing.Node);
    }

    /// <summary>Gets all standings in the order of names.</summary>
    public ImmutableArray<NodeStanding> All { get; }

    public NodeStanding this[NodeName node] =>
        _standings.TryGetValue(node, out var standing) ? standing : new(node, null, null, LeaseStanding.None, null);

    /// <summary>Whether it is a node of this cluster, or was one.</summary>
    public bool Knows(NodeName node) => _standings.ContainsKey(node);

    public static LeaseJudgement Of(ClusterView view, Observations seen) =>
        new(view, [.. view.Nodes.Keys.Union(view.Leases.Keys).Order().Select(node => Judge(view, seen, node))]);

    /// <summary>Returns the revision of a node's record; 0 when there is none.</summary>
    public long RevisionOf(NodeName node) => _view.Nodes.TryGetValue(node, out var record) ? record.Revision : 0;

    /// <summary>Returns how the owner of a placement was lost, or null while its incarnation may still be at work.</summary>
    public OwnerFate? FateOfOwner(Placement placement)
    {
        // A missing lease record proves nothing: deletion is not an end (leases rule 9).
        if (placement.Owner is not { } owner || this[owner] is not { Lease: { } lease } standing) return null;

        var judged = new JudgedLease(owner, lease.Revision);
        if (lease.Value.Incarnation > placement.OwnerIncarnation)
        {
            // The node's leash takes a new incarnation only once it has verified that nothing of the old one is left (leases rule 7).
            return new(judged, EndIsKnown: true, $"{owner} is at incarnation {lease.Value.Incarnation}; the role belonged to incarnation {placement.OwnerIncarnation}");
        }

        // A lease of an older incarnation says nothing about a newer one (leases rule 6).
        if (lease.Value.Incarnation < placement.OwnerIncarnation) return null;
        return standing.Standing switch
        {
            LeaseStanding.Ended => new(judged, lease.Value.EndedClean || lease.Value.ConfirmedDown, standing.Evidence),
            LeaseStanding.Silent => new(judged, Ended(lease.Value).ConfirmedDown, standing.Evidence),
            _ => null,
        };
    }

    /// <summary>Returns the steps that record as ended what fell silent, and when time alone will change a verdict.</summary>
    public IEnumerable<PlanStep.EndLease> EndSilentLeases() =>
        from standing in All
        where standing.Standing == LeaseStanding.Silent
        let lease = standing.Lease!.Value
        select new PlanStep.EndLease(Ended(lease.Value), lease.Revision,
            Because.Of("lease-ended", $"{standing.Node} stopped renewing its lease.", standing.Evidence));

    /// <summary>Returns after how long time alone changes a verdict: a node becomes late, or a lease runs out.</summary>
    public IEnumerable<TimeSpan> Changes()
    {
        foreach (var standing in All)
        {
            if (standing is not { Standing: LeaseStanding.Live or LeaseStanding.Closing, Lease.Value: var lease, Counted: { } counted }) continue;
            if (counted < LeaseArithmetic.FreshFor(lease)) yield return LeaseArithmetic.FreshFor(lease) - counted;
            yield return LeaseArithmetic.SilenceNeeded(lease) - counted;
        }
    }

    // Only what was said of a condemned lease is about the incarnation that ends here: a live one could have been renewed since.
    private static LeaseRecord Ended(LeaseRecord lease) =>
        lease with { State = LeaseState.Ended, EndedClean = false, ConfirmedDown = lease is { State: LeaseState.Closing, ConfirmedDown: true } };

    private static NodeStanding Judge(ClusterView view, Observations seen, NodeName node)
    {
        var record = view.Nodes.TryGetValue(node, out var nodeRecord) ? nodeRecord.Value : null;
        if (!view.Leases.TryGetValue(node, out var lease)) return new(node, record, null, LeaseStanding.None, null);

        var counted = LeaseArithmetic.Counted(lease, seen.Leases.TryGetValue(node, out var observation) ? observation : null, seen.Now);
        var standing = lease.Value.State switch
        {
            LeaseState.Ended => LeaseStanding.Ended,
            _ when LeaseArithmetic.IsSilent(lease.Value, counted) => LeaseStanding.Silent,
            LeaseState.Closing => LeaseStanding.Closing,
            _ => LeaseStanding.Live,
        };
        return new(node, record, lease, standing, counted)
        {
            Quarantine = record?.Quarantine is { } quarantine && seen.Wall < quarantine.Until ? quarantine : null,
            Problem = view.Health.TryGetValue(node, out var health) ? health.Value.Problems.FirstOrDefault()?.Sentence : null,
            SchedulerStop = view.StoppedSchedulers.TryGetValue(node, out var stop) ? stop.Value : null,
        };
    }
}
