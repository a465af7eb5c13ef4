using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>What the state of the cluster has to say: source <see cref="Source"/>.</summary>
public static class ClusterSignals
{
    /// <summary>The name of the source.</summary>
    public const string Source = "cluster";

    /// <summary>All that is wrong now.</summary>
    /// <param name="cluster">GET /v1/cluster.</param>
    /// <param name="failures">GET /v1/failures; null when nobody could tell, and then nothing is said about redundancy.</param>
    /// <param name="isBound">Whether a role can be on one node only, as its declaration says: its loss is not lost redundancy.</param>
    public static ImmutableArray<AlertSignal> Of(ClusterStatus cluster, IReadOnlyList<FailureOutlook>? failures, Func<string, bool> isBound) =>
        [.. Nodes(cluster), .. Roles(cluster), .. Store(cluster), .. failures is null ? [] : Redundancy(cluster, failures, isBound)];

    private static IEnumerable<AlertSignal> Nodes(ClusterStatus cluster)
    {
        foreach (var node in cluster.Nodes)
        {
            if (node.State is "down")
            {
                yield return new()
                {
                    Trigger = AlertTrigger.NodeDown, Subject = $"node:{node.Name}", Sentence = $"Node {node.Name} is down.",
                    Because = "Its lease ended and was not renewed: it has no power, no network, or its agent does not run.", Hint = $"Bring it back; on it: 'systemctl status holdfast', 'holdfast doctor'. If it is gone for good: 'holdfast node evict {node.Name}'.",
                };
            }

            foreach (var problem in node.Problems ?? [])
            {
                yield return new()
                {
                    Trigger = AlertTrigger.NodeUnhealthy, Subject = $"node:{node.Name}", Sentence = $"Node {node.Name} {problem.TrimEnd('.')}.", Because = "The node's own checks say so.", Hint = "Roles prefer other nodes until it is well again; on it: 'holdfast doctor'.",
                };
            }
        }
    }

    private static IEnumerable<AlertSignal> Roles(ClusterStatus cluster)
    {
        foreach (var role in cluster.Roles.Where(role => role.Desired == DesiredState.Online && (role.State == "failed" || role.Blocked)))
        {
            yield return new()
            {
                Trigger = AlertTrigger.RoleFailed, Subject = $"role:{role.Name}", Related = role.Owner is { } owner ? [$"node:{owner}"] : [],
                Sentence = role.State == "failed" ? $"Role {role.Name} failed and is not running." : $"Role {role.Name} is not running, and waits for what the cluster cannot do by itself.", Because = role.Reason,
                Hint = $"See 'holdfast role explain {role.Name}'; when its cause is mended: 'holdfast role start {role.Name}'.",
            };
        }
    }

    private static IEnumerable<AlertSignal> Store(ClusterStatus cluster)
    {
        if (cluster.Store != "no-quorum") yield break;
        yield return new()
        {
            Trigger = AlertTrigger.StoreUnreachable, Subject = "cluster", Sentence = "The cluster's store cannot be reached.", Because = cluster.Warnings.FirstOrDefault() ?? "Too few of its voters answer.",
            Hint = "Bring back a node or the witness; until then nothing moves, and roles end with their leases.",
        };
    }

    /// <summary>What could not be lost now without losing more than it.</summary>
    internal static IEnumerable<AlertSignal> Redundancy(ClusterStatus cluster, IReadOnlyList<FailureOutlook> failures, Func<string, bool> isBound)
    {
        if (cluster.Nodes.Count(node => node.Kind == NodeKind.Member) < 2) yield break; // A cluster of one has none to lose.
        var single = failures.Where(failure => failure.Down.Count == 1).ToList();
        if (single.Where(failure => failure.Store == "no-quorum").SelectMany(failure => failure.Down).ToList() is { Count: > 0 } fatal)
        {
            yield return new()
            {
                Trigger = AlertTrigger.RedundancyLost, Subject = "cluster", Sentence = $"The loss of {Or(fatal)} would stop the cluster.", Because = cluster.Nodes.Where(node => node is { Voter: true, State: not "up" }).Select(node => node.Name).ToList() is { Count: > 0 } down
                    ? $"{string.Join(", ", down)} {(down.Count == 1 ? "is" : "are")} down: one voter less, and there is no majority." : "There are too few voters for a majority without it.",
                Hint = "Bring back the nodes that are down, or add a node or a witness ('holdfast node join --witness').",
            };
        }

        var offline = single.SelectMany(failure => failure.Offline.Where(role => !isBound(role)).Select(role => (Role: role, Node: failure.Down[0]))).GroupBy(loss => loss.Role);
        foreach (var role in offline.Where(role => cluster.Roles.Any(known => known.Name == role.Key && known.State == "online")))
        {
            var nodes = role.Select(loss => loss.Node).ToList();
            yield return new()
            {
                Trigger = AlertTrigger.RedundancyLost, Subject = $"role:{role.Key}", Related = [.. nodes.Select(node => $"node:{node}")], Sentence = $"If {Or(nodes)} were lost, nobody could take over role {role.Key}.",
                Because = "No other node that may own it can do so now.", Hint = $"See 'holdfast role standby {role.Key}': it says what keeps each node from it.",
            };
        }
    }

    private static string Or(List<string> names) => names.Count == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
