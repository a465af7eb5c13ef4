using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>
/// What roles want of each other. Affinity has a direction: a role goes where the other one is. Anti-affinity has none: whoever declares it, both
/// are kept apart. Two planners cannot break it between them, because every commit advances one key (leases rule 13).
/// </summary>
internal sealed class Relations
{
    private readonly Dictionary<RoleName, RoleState> _roles; // That want something of others, or others of them.
    private readonly LeaseJudgement _judgement;
    private readonly LoadMap _loads;
    private readonly ILookup<RoleName, Affinity> _apart;
    private readonly HashSet<RoleName> _followed;
    private readonly Dictionary<RoleName, NodeName> _assigned = [];

    public Relations(IReadOnlyList<RoleState> roles, LeaseJudgement judgement, LoadMap loads)
    {
        (_judgement, _loads) = (judgement, loads);
        var declaring = roles.Where(role => !role.Spec.Affinity.IsEmpty || !role.Spec.AntiAffinity.IsEmpty).ToList();
        var named = declaring.SelectMany(role => role.Spec.Affinity.Concat(role.Spec.AntiAffinity)).Select(other => other.Role).Concat(declaring.Select(role => role.Name)).ToHashSet();
        _roles = named.Count == 0 ? [] : roles.Where(role => named.Contains(role.Name)).ToDictionary(role => role.Name);
        var declared = declaring.SelectMany(role => role.Spec.AntiAffinity.Where(other => other.Role != role.Name), (role, other) => (One: role.Name, Other: other)).ToList();
        _apart = declared.Concat(declared.Select(pair => (One: pair.Other.Role, Other: pair.Other with { Role = pair.One }))).ToLookup(pair => pair.One, pair => pair.Other);
        _followed = [.. declaring.SelectMany(role => role.Spec.Affinity).Where(other => other.Required).Select(other => other.Role)];
    }

    /// <summary>Counts a role on a node from here on: this plan gives it to it.</summary>
    public void Assigned(RoleName role, NodeName node) => _assigned[role] = node;

    /// <summary>Whether others must follow a role, or it must follow others: then its load is not its own alone.</summary>
    public bool IsTied(RoleSpec role) => _followed.Contains(role.Name) || role.Affinity.Any(other => other.Required);

    /// <summary>Returns why a node cannot be given a role, as the end of a sentence that starts with the node's name; null when it can.</summary>
    public string? WhyNot(RoleSpec role, NodeName node)
    {
        if (WantsNothing(role)) return null;
        foreach (var other in role.Affinity.Where(other => other.Required && Matters(role, other)))
        {
            if (_loads.WhereIs(other.Role) is not { } where) return $"cannot take it before {other.Role}, which it goes with, has a node";
            if (where != node) return $"is not where {other.Role} is, which it goes with ({where})";
        }

        return _apart[role.Name].FirstOrDefault(other => other.Required && MayRunOn(other.Role, node)) is { } near ? $"runs {near.Role}, which it is kept apart from" : null;
    }

    /// <summary>Returns how many wishes a node would leave unmet.</summary>
    public int Unmet(RoleSpec role, NodeName node) => WantsNothing(role) ? 0
        : role.Affinity.Count(other => !other.Required && Matters(role, other) && _loads.WhereIs(other.Role) is { } where && where != node)
        + _apart[role.Name].Count(other => !other.Required && (MayRunOn(other.Role, node) || _loads.WhereIs(other.Role) == node));

    /// <summary>Returns why a role cannot stay where it is, as the end of a sentence; null when it can. Of two that must part, the one of lower priority goes, or else the later name.</summary>
    public string? WhyMisplaced(RoleSpec role, NodeName owner)
    {
        if (WantsNothing(role)) return null;
        foreach (var other in role.Affinity.Where(other => other.Required && Matters(role, other)))
        {
            if (_loads.WhereIs(other.Role) is { } where && where != owner) return $"it goes with {other.Role}, which is on {where}";
        }

        return _apart[role.Name].FirstOrDefault(other => other.Required && Yields(role, other.Role) && MayRunOn(other.Role, owner)) is { } near ? $"it is kept apart from {near.Role}, which is there too" : null;
    }

    private bool WantsNothing(RoleSpec role) => role.Affinity.IsEmpty && !_apart.Contains(role.Name);

    private bool Matters(RoleSpec role, Affinity other) => other.Role != role.Name && _roles.ContainsKey(other.Role); // One that is gone says nothing.

    private bool Yields(RoleSpec role, RoleName other) =>
        !_roles.TryGetValue(other, out var found) || role.Priority < found.Spec.Priority || (role.Priority == found.Spec.Priority && role.Name.CompareTo(other) > 0);

    /// <summary>Whether something of a role may run on a node: also while it is leaving it.</summary>
    private bool MayRunOn(RoleName role, NodeName node) =>
        (_assigned.TryGetValue(role, out var given) && given == node)
        || (_roles.TryGetValue(role, out var found) && found.Placement.Value is { IsFree: false } placement && placement.Owner == node && _judgement.FateOfOwner(placement) is null);
}
