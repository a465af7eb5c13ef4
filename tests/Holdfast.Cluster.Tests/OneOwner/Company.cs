using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <summary>What roles must be with and apart from, written without the planner's own code.</summary>
internal static class Company
{
    /// <summary>Whether a role may be on a node, as far as the other roles go.</summary>
    public static bool Allows(ClusterView view, RoleSpec role, NodeName node) =>
        role.Affinity.All(other => !other.Required || other.Role == role.Name || !view.Roles.TryGetValue(other.Role, out var company) || (IsWanted(company.Value) && IsOn(view, other.Role, node)))
        && view.Roles.Keys.All(other => !AreApart(view, role.Name, other) || !IsOn(view, other, node));

    // What is only still there, because maintenance keeps it from being taken offline, is nothing to go to.
    private static bool IsWanted(RoleSpec role) => role is { Desired: DesiredState.Online, Deleting: false };

    /// <summary>Whether two roles must be apart.</summary>
    public static bool AreApart(ClusterView view, RoleName one, RoleName other) => one != other && (Names(view, one, other) || Names(view, other, one));

    private static bool Names(ClusterView view, RoleName one, RoleName other) =>
        view.Roles.TryGetValue(one, out var role) && role.Value.AntiAffinity.Any(apart => apart.Required && apart.Role == other);

    /// <summary>Whether a role may be running on a node, by what is recorded: its present incarnation owns it there and has not released it.</summary>
    public static bool IsOn(ClusterView view, RoleName role, NodeName node) =>
        view.Placements.TryGetValue(role, out var placement) && placement.Value is { IsFree: false } && placement.Value.Owner == node
        && view.Leases.TryGetValue(node, out var lease) && lease.Value.Incarnation <= placement.Value.OwnerIncarnation;
}
