using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Settings;

namespace Holdfast.Cluster.Upgrades;

/// <summary>Which node is restarted next, whether it may be, and when the cluster's record format may be raised. Everything is told from what is there, so that a walk over the nodes may end anywhere and begin again.</summary>
public static class UpgradeRules
{
    /// <summary>The node that comes next: one whose restart was begun before, then those that give nothing away, so that a role moves to a node that stays; the leader of the store and who asks come late.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="nodes">What its nodes run.</param>
    /// <param name="wanted">The version that all shall run.</param>
    /// <param name="self">The node that asks.</param>
    /// <param name="storeLeader">The node that leads the store; null when none does, or it is not known.</param>
    /// <returns>Null when every node runs the version.</returns>
    public static NodeName? Next(ClusterView view, IEnumerable<NodeUpgradeState> nodes, string wanted, NodeName self, NodeName? storeLeader)
    {
        var waiting = nodes.Where(node => !node.Runs(wanted)).Select(node => node.Node)
            .OrderByDescending(node => view.Nodes.TryGetValue(node, out var record) && record.Value.ShuttingDown)
            .ThenBy(node => RolesOf(view, node).Count())
            .ThenBy(node => node == storeLeader).ThenBy(node => node == self).ThenBy(node => node)
            .ToList();
        return waiting is [var first, ..] ? first : null;
    }

    /// <summary>The roles that a node owns now.</summary>
    public static IEnumerable<RoleName> RolesOf(ClusterView view, NodeName node) =>
        view.Placements.Values.Where(placement => placement.Value.Owner == node && !placement.Value.IsFree).Select(placement => placement.Value.Role);

    /// <summary>Refuses to restart a node while that would cost more than planned moves.</summary>
    /// <exception cref="HoldfastException">Codes <c>node.not-found</c>, <c>upgrade.under-way</c>, <c>upgrade.quorum</c>, <c>upgrade.paused</c>, <c>upgrade.role-stays</c>.</exception>
    public static void Require(ClusterView view, Observations seen, NodeName node)
    {
        var others = view.Nodes.Values.Select(other => other.Value).Where(other => other.Name != node && other is { Intent: not NodeIntent.Evicted, Kind: not NodeKind.Client }).ToList(); // A client machine that is switched off stays so for as long as it likes.
        if (others.FirstOrDefault(other => other.ShuttingDown) is { } restarting)
            throw new HoldfastException(ErrorKind.Conflict, "upgrade.under-way", $"Node {restarting.Name} is being restarted; {node} waits for it.", $"When {restarting.Name} is back, run the command again; if it will not come back, evict it.");
        var outlook = WhatIf.Reboot(view, seen, node);
        if (!outlook.Quorum.Holds)
            throw new HoldfastException(ErrorKind.Conflict, "upgrade.quorum", $"Node {node} cannot be restarted now: without it {outlook.Quorum}", "Bring back the voters that are down, then run the command again.");
        if (view.Nodes[node].Value.Intent == NodeIntent.Paused && RolesOf(view, node).Any())
            throw new HoldfastException(ErrorKind.Conflict, "upgrade.paused", $"Node {node} is paused and has roles, which it would keep.", $"Resume or drain it first: holdfast node resume {node}");
        if (!outlook.Stay.IsEmpty)
            throw new HoldfastException(ErrorKind.Conflict, "upgrade.role-stays", $"Node {node} cannot be restarted without an outage: {string.Join(" ", outlook.Stay.Select(stay => $"{stay.Key} would stay: {stay.Value.Sentence}"))}",
                $"Give each of them a second node, or stop it; where an outage is all right: systemctl restart holdfast on {node}.");
    }

    /// <summary>The settings with which the cluster goes on once its format is raised.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="format">The new format.</param>
    /// <returns>The same settings when they have it already.</returns>
    /// <exception cref="HoldfastException">Code <c>upgrade.older-builds</c>: a node would not be able to read the records any more.</exception>
    public static ClusterSettings Raise(ClusterView view, ClusterSettings settings, int format)
    {
        if (format <= settings.Format) return settings;
        var older = view.Nodes.Values.Select(node => node.Value).Where(node => node.Intent != NodeIntent.Evicted)
            .Where(node => !view.Builds.TryGetValue(node.Name, out var build) || build.Value.Format < format).Select(node => node.Name).ToList();
        if (older.Count == 0) return settings with { Format = format };
        throw new HoldfastException(ErrorKind.Conflict, "upgrade.older-builds",
            $"Record format {format} cannot be used yet: {string.Join(", ", older.Select(node => view.Builds.TryGetValue(node, out var build) ? $"{node} runs {build.Value.Version}, which reads no format above {build.Value.Format}" : $"{node} has not said what it runs"))}.",
            "Bring them to this build with 'holdfast cluster upgrade', or evict those that will not come back.");
    }
}
