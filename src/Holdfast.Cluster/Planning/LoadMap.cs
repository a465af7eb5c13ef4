using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>The weight on each node: of roles that are there, or are going there. Follows a plan as it is made.</summary>
internal sealed class LoadMap
{
    private readonly Dictionary<RoleName, (NodeName Node, long Weight)> _roles = [];
    private readonly Dictionary<NodeName, long> _loads = [];

    public static LoadMap Of(IEnumerable<RoleState> roles, LeaseJudgement judgement)
    {
        var map = new LoadMap();
        foreach (var role in roles)
        {
            if (Where(role, judgement) is { } node) map.Add(role.Spec, node);
        }

        return map;
    }

    /// <summary>Returns a node's load, leaving out one role: what it would carry without it.</summary>
    public long Without(RoleName role, NodeName node) =>
        _loads.GetValueOrDefault(node) - (_roles.TryGetValue(role, out var at) && at.Node == node ? at.Weight : 0);

    /// <summary>Returns a node's load.</summary>
    public long On(NodeName node) => _loads.GetValueOrDefault(node);

    /// <summary>Counts a role on a node, and no longer where it was.</summary>
    public void Put(RoleSpec spec, NodeName node)
    {
        Remove(spec.Name);
        Add(spec, node);
    }

    private void Add(RoleSpec spec, NodeName node)
    {
        var weight = WeightOf(spec);
        _roles[spec.Name] = (node, weight);
        _loads[node] = _loads.GetValueOrDefault(node) + weight;
    }

    /// <summary>Returns where a role is or is going; null when that is not known.</summary>
    public NodeName? WhereIs(RoleName role) => _roles.TryGetValue(role, out var at) ? at.Node : null;

    public void Remove(RoleName role)
    {
        if (_roles.Remove(role, out var was)) _loads[was.Node] -= was.Weight;
    }

    public static long WeightOf(RoleSpec spec) => Math.Max(0, spec.Weight);

    private static NodeName? Where(RoleState role, LeaseJudgement judgement) => (role.IsWantedOnline, role.Placement.Value) switch
    {
        (false, _) or (_, { Phase: PlacementPhase.Failed }) => null,
        (_, { Phase: PlacementPhase.Assigned } placement) => judgement.FateOfOwner(placement) is null ? placement.Owner : null,
        (_, var placement) => placement.Target,
    };
}
