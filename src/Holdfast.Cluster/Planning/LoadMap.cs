using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>The weight on each node: of roles that are there, or are going there. Follows a plan as it is made.</summary>
internal sealed class LoadMap
{
    // By node, because one table of thousands of roles would be a large object for the collector, made anew for every plan.
    private readonly Dictionary<NodeName, Dictionary<RoleName, long>> _roles = [];
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
    public long Without(RoleName role, NodeName node) => On(node) - (_roles.TryGetValue(node, out var there) ? there.GetValueOrDefault(role) : 0);

    /// <summary>Returns a node's load.</summary>
    public long On(NodeName node) => _loads.GetValueOrDefault(node);

    /// <summary>Counts a role on a node, and no longer where it was.</summary>
    public void Put(RoleSpec spec, NodeName node)
    {
        Remove(spec.Name);
        Add(spec, node);
    }

    /// <summary>Returns where a role is or is going; null when that is not known.</summary>
    public NodeName? WhereIs(RoleName role)
    {
        foreach (var (node, there) in _roles)
        {
            if (there.ContainsKey(role)) return node;
        }

        return null;
    }

    public void Remove(RoleName role)
    {
        if (WhereIs(role) is { } node && _roles[node].Remove(role, out var weight)) _loads[node] -= weight;
    }

    public static long WeightOf(RoleSpec spec) => Math.Max(0, spec.Weight);

    private void Add(RoleSpec spec, NodeName node)
    {
        var weight = WeightOf(spec);
        if (!_roles.TryGetValue(node, out var there)) _roles[node] = there = [];
        there[spec.Name] = weight;
        _loads[node] = On(node) + weight;
    }

    private static NodeName? Where(RoleState role, LeaseJudgement judgement) => (role.IsWantedOnline, role.Placement.Value) switch
    {
        (false, _) or (_, { Phase: PlacementPhase.Failed }) => null,
        (_, { Phase: PlacementPhase.Assigned } placement) => judgement.FateOfOwner(placement) is null ? placement.Owner : null,
        (_, var placement) => placement.Target,
    };
}
