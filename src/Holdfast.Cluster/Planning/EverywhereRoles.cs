using System.Diagnostics.CodeAnalysis;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>
/// A role that runs everywhere is planned as one instance for each node that may own it: a role of its own with one possible owner, with its own
/// placement and epochs, so that everything that keeps a role on one node keeps an instance from running twice on its node.
/// </summary>
public static class EverywhereRoles
{
    /// <summary>Finds a role, or the instance of one.</summary>
    public static bool TryFindRole(this ClusterView view, RoleName name, [NotNullWhen(true)] out RoleSpec? role, out long revision)
    {
        (role, revision) = (null, 0);
        if (!view.Roles.TryGetValue(name.Role, out var declared)) return false;
        if (name.Node is not { } node) (role, revision) = (declared.Value, declared.Revision);
        else if (declared.Value.Mode == RoleMode.Everywhere && view.Nodes.TryGetValue(node, out var record)) (role, revision) = (InstanceOn(declared.Value, record.Value), declared.Revision);
        return role is not null;
    }

    /// <summary>Returns a role as it is planned: its instances when it runs everywhere, else itself.</summary>
    public static IEnumerable<RoleSpec> Instances(this ClusterView view, RoleSpec role) => role.Mode != RoleMode.Everywhere ? [role]
        : view.Nodes.Values.Where(node => MayRunOn(role, node.Value)).Select(node => InstanceOn(role, node.Value));

    private static bool MayRunOn(RoleSpec role, NodeRecord node) => node is { Kind: NodeKind.Member, Intent: not NodeIntent.Evicted } && CandidateRanking.IsPossible(role, node.Name);

    // On a node that is being drained it has nowhere to go: it goes offline there, and comes back with the node. So it does where it may not be any more.
    private static RoleSpec InstanceOn(RoleSpec role, NodeRecord node) => role with
    {
        Name = role.Name.On(node.Name), PossibleOwners = [node.Name], PreferredOwners = [], Affinity = [], AntiAffinity = [], Failback = Failback.Never,
        Desired = node.Intent == NodeIntent.Draining || !MayRunOn(role, node) ? DesiredState.Offline : role.Desired,
    };
}
