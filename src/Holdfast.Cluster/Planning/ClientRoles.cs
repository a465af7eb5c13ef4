using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>
/// A role whose one possible owner is a client machine is that machine's own: it waits for the machine without anybody being told, since to be away is what such a machine does.
/// </summary>
public static class ClientRoles
{
    /// <summary>Returns the client machine that a role is the own of; null when it is none's.</summary>
    public static NodeRecord? ClientOf(this ClusterView view, RoleSpec role) =>
        role.PossibleOwners is [var only] && view.Nodes.TryGetValue(only, out var node) && node.Value is { Kind: NodeKind.Client, Intent: not NodeIntent.Evicted } client ? client : null;

    /// <summary>Whether a node is there at all as far as the store knows: one that has a lease that nobody ended.</summary>
    public static bool IsThere(this ClusterView view, NodeName node) => view.Leases.TryGetValue(node, out var lease) && lease.Value.State != Leases.LeaseState.Ended;

    /// <summary>Whether a node is a client machine.</summary>
    public static bool IsClient(this ClusterView view, NodeName node) => view.Nodes.TryGetValue(node, out var record) && record.Value.Kind == NodeKind.Client;
}
