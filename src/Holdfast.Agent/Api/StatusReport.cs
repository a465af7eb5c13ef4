using Holdfast.Agent.Hosting;
using Holdfast.Agent.Volumes;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Api;

/// <summary>What this node knows, as the API shows it.</summary>
internal static class StatusReport
{
    private static readonly string[] Worst = ["failed", "waiting", "stopping", "starting", "offline"];

    /// <summary>The whole cluster.</summary>
    public static ClusterStatus Cluster(NodeRuntime runtime, string? storeLeader)
    {
        var (view, seen) = runtime.Operations.Situation();
        var nodes = Nodes(runtime, view, seen, storeLeader);
        var voters = nodes.Where(node => node.Voter).ToList();
        var quorate = runtime.Feed.Trouble is null;
        return new ClusterStatus
        {
            Name = view.Settings?.Name ?? runtime.Identity.ClusterName,
            Id = view.Settings?.Id ?? runtime.Identity.ClusterId,
            Profile = view.Settings?.Profile ?? runtime.Identity.Profile,
            Revision = runtime.Feed.Position,
            AnsweredBy = runtime.Node.Value,
            Store = !quorate ? "no-quorum" : voters.All(node => node.State == "up") ? "ok" : "degraded",
            Nodes = nodes,
            Roles = Roles(runtime, view, seen),
            SharedVolumes = SharedVolumes.Places(view, seen.Wall),
            Maintenance = view.Settings?.Maintenance is { } all && all.IsInEffect(seen.Wall) ? all : null,
            Warnings = [.. Warnings(runtime, view, seen, voters)],
        };
    }

    /// <summary>The nodes.</summary>
    public static IReadOnlyList<NodeStatus> Nodes(NodeRuntime runtime, ClusterView view, Observations seen, string? storeLeader) =>
    [
        .. from node in view.Nodes.Values.Select(node => node.Value)
           where node.Intent != NodeIntent.Evicted
           let lease = view.Leases.TryGetValue(node.Name, out var found) ? found.Value : null
           let age = seen.Leases.TryGetValue(node.Name, out var sighting) ? seen.Now.ObservedSince(sighting.FirstSeen) : (TimeSpan?)null
           select new NodeStatus(
               node.Name.Value, node.Kind, node.Voter, node.Name.Value == storeLeader, node.Address, node.Kind == NodeKind.Client && StateOf(lease, age) == "down" ? "away" : StateOf(lease, age), node.Intent, lease?.Incarnation ?? 0,
               age is { } a ? Math.Round(a.TotalMilliseconds, 1) : null,
               [.. view.Placements.Values.Where(p => p.Value.Owner == node.Name && !p.Value.IsFree).Select(p => p.Value.Role.Role.Value)],
               node.Quarantine is { } quarantine && seen.Wall < quarantine.Until ? quarantine : null,
               [.. (view.Health.TryGetValue(node.Name, out var health) ? health.Value.Problems : []).Select(problem => problem.Sentence)],
               node.Settings?.Description),
    ];

    /// <summary>The roles.</summary>
    public static IReadOnlyList<RoleSummary> Roles(NodeRuntime runtime, ClusterView view, Observations seen) => [.. view.Roles.Values.Select(role => Role(runtime, view, seen, role.Value))];

    /// <summary>One role.</summary>
    /// <exception cref="HoldfastException">Code <c>role.not-found</c>.</exception>
    public static RoleSummary Role(NodeRuntime runtime, ClusterView view, Observations seen, RoleName name) =>
        view.Roles.TryGetValue(name, out var role) ? Role(runtime, view, seen, role.Value)
        : throw new HoldfastException(ErrorKind.NotFound, "role.not-found", $"There is no role {name}; there are {string.Join(", ", view.Roles.Keys)}.", "See 'holdfast role list'.");

    /// <summary>A role that runs everywhere: online when it is so on every node that is up.</summary>
    private static RoleSummary Everywhere(NodeRuntime runtime, ClusterView view, Observations seen, RoleSpec spec)
    {
        var parts = view.Instances(spec).Select(instance => (Node: instance.Name.Node!.Value, Summary: Role(runtime, view, seen, instance))).ToList();
        // On a node that is down, or given nothing, it is not expected.
        var counted = parts.Where(part => part.Summary.Owner is not null ? IsUp(part.Node) : part.Summary.State is "waiting" or "failed" || (spec.Desired == DesiredState.Online && IsUp(part.Node) && view.Nodes[part.Node].Value.Intent == NodeIntent.Active)).ToList();
        var worst = counted.Where(part => part.Summary.State != "online").OrderBy(part => Array.IndexOf(Worst, part.Summary.State)).ToList();
        var online = counted.Where(part => part.Summary.State == "online").Select(part => part.Node).ToList();
        var state = counted.Count == 0 ? "offline" : worst.Count == 0 ? "online" : worst[0].Summary.State;
        var reason = (online.Count > 0 ? $"online on {string.Join(", ", online)}" : "online nowhere") + string.Concat(worst.Select(part => $"; on {part.Node} {part.Summary.State}: {part.Summary.Reason.TrimEnd('.')}"));
        return new RoleSummary(spec.Name.Value, null, Epoch.None.ToString(), PlacementPhase.Released, state, reason, spec.Desired, $"It runs on every node that may own it.", [],
            parts.Any(part => part.Summary.Blocked), MaintenanceMode.Of(view, spec, seen.Wall)?.Maintenance,
            [.. parts.Select(part => new InstanceSummary(part.Node.Value, part.Summary.Epoch, part.Summary.Phase, part.Summary.State, part.Summary.Reason, part.Summary.Resources))]);

        bool IsUp(NodeName node) => StateOf(view.Leases.TryGetValue(node, out var lease) ? lease.Value : null, seen.Leases.TryGetValue(node, out var sighting) ? seen.Now.ObservedSince(sighting.FirstSeen) : null) == "up";
    }

    private static RoleSummary Role(NodeRuntime runtime, ClusterView view, Observations seen, RoleSpec spec)
    {
        if (spec.Mode == RoleMode.Everywhere && spec.Name.Node is null) return Everywhere(runtime, view, seen, spec);
        var placement = view.Placements.TryGetValue(spec.Name, out var placed) ? placed.Value : Placement.Unplaced(spec.Name);
        var status = view.Statuses.TryGetValue(spec.Name, out var said) && said.Value.Epoch == placement.Epoch ? said.Value : null;
        var (state, reason) = State(runtime, spec, placement, status);
        return new RoleSummary(
            spec.Name.Value, placement.IsFree ? null : placement.Owner?.Value, placement.Epoch.ToString(), placement.Phase, state, reason, spec.Desired,
            placement.History.FirstOrDefault()?.Because.Sentence ?? "It has not been placed yet.",
            [
                .. spec.Resources.Select(resource => (resource, told: placement.IsFree ? null : status?.Resources.FirstOrDefault(r => r.Name == resource.Name)))
                    .Select(r => new ResourceSummary(r.resource.Name.Value, r.resource.Type, (r.told?.State ?? OnlineState.Offline).ToString().ToLowerInvariant(), r.told?.Reason ?? "")),
            ],
            runtime.Planner.Waiting.TryGetValue(spec.Name, out var waiting) && waiting.Rule != "start-tier",
            MaintenanceMode.Of(view, spec, seen.Wall)?.Maintenance);
    }

    private static (string State, string Reason) State(NodeRuntime runtime, RoleSpec spec, Placement placement, RoleStatus? status)
    {
        if (placement.Phase == PlacementPhase.Failed) return ("failed", placement.History.FirstOrDefault()?.Because.Sentence ?? "It failed too often.");
        if (runtime.Planner.Waiting.TryGetValue(spec.Name, out var waiting)) return ("waiting", waiting.Sentence);
        if (placement.Phase == PlacementPhase.Releasing) return ("stopping", status?.Reason ?? "leaving its owner");
        if (placement.IsFree) return ("offline", spec.Desired == DesiredState.Offline ? "it is wanted offline" : "it waits to be placed");
        return status is null ? ("starting", "its owner has not reported yet") : (status.State.ToString().ToLowerInvariant(), status.Reason);
    }

    private static string MaintenanceWarning(string what, Maintenance maintenance, string end) =>
        $"{what} is in maintenance until {maintenance.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC{(maintenance.Reason is { } reason ? $" ({reason})" : "")}: nothing is done when something fails. To end it: {end}";

    private static string StateOf(LeaseRecord? lease, TimeSpan? age) => lease switch
    {
        null => "joining",
        { State: LeaseState.Ended } => "down",
        { State: LeaseState.Closing } => "closing",
        _ => age >= lease.Duration + lease.Margin ? "down" : "up",
    };

    private static IEnumerable<string> Warnings(NodeRuntime runtime, ClusterView view, Observations seen, List<NodeStatus> voters)
    {
        if (runtime.Feed.Trouble is { } trouble) yield return $"The store cannot be reached: {trouble} What is shown is what was known before.";
        if (runtime.MemberWaits is { } waits) yield return waits;
        if (!runtime.Keeper.Holds) yield return $"Node {runtime.Node} holds no lease: {runtime.Keeper.Standing.Reason}. It runs no roles.";
        var down = voters.Where(node => node.State != "up").Select(node => node.Name).ToList();
        if (down.Count > 0 && voters.Count - down.Count == (voters.Count / 2) + 1) yield return $"{string.Join(", ", down)} {(down.Count == 1 ? "is" : "are")} down: one more voter lost and the cluster stops. Bring {(down.Count == 1 ? "it" : "them")} back.";
        if (voters.Count == 2) yield return "Two voters: the loss of either stops the cluster. Add a third node or a witness ('holdfast node join --witness').";
        if (view.Settings?.Maintenance is { } all && all.IsInEffect(seen.Wall)) yield return MaintenanceWarning("The cluster", all, "holdfast cluster maintenance --end");
        foreach (var role in view.Roles.Values.Select(role => role.Value))
        {
            if (role.Maintenance is { } own && own.IsInEffect(seen.Wall)) yield return MaintenanceWarning($"Role {role.Name}", own, $"holdfast role maintenance {role.Name} --end");
        }

        foreach (var node in view.Nodes.Values.Select(node => node.Value))
        {
            if (node.Quarantine is { } quarantine && seen.Wall < quarantine.Until && node.Intent != NodeIntent.Evicted)
                yield return $"Node {node.Name} is in quarantine until {quarantine.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC: it {quarantine.Reason}. Find the cause, then: holdfast node resume {node.Name}";
        }

        foreach (var health in view.Health.Values.Select(health => health.Value).Where(health => view.Nodes.TryGetValue(health.Node, out var node) && node.Value.Intent != NodeIntent.Evicted))
        {
            foreach (var problem in health.Problems) yield return $"Node {health.Node} {problem.Sentence}.";
        }

        foreach (var question in runtime.Planner.Questions.Values) yield return question.Sentence;
        foreach (var (role, because) in runtime.Planner.Waiting) yield return $"Role {role} waits: {because.Sentence}";
        foreach (var placement in view.Placements.Values.Where(p => p.Value.Phase == PlacementPhase.Failed && view.Roles.ContainsKey(p.Value.Role.Role)))
            yield return $"Role {placement.Value.Role} failed: {placement.Value.History.FirstOrDefault()?.Because.Sentence} Mend the cause, then 'holdfast role start {placement.Value.Role.Role}'.";
    }
}
