using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Agent.Upgrades;

/// <summary>
/// Restarts node after node on the build that is installed there, each emptied by planned moves before. It keeps nothing: whoever asks again, on any node, goes on where it ended.
/// </summary>
internal sealed class ClusterUpgrade(AgentHost host, Fleet fleet, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DoctorLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EmptyLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BackLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan WellLimit = TimeSpan.FromMinutes(1);

    private NodeRuntime Runtime => fleet.Here;

    /// <summary>What every node runs and has installed.</summary>
    public async Task<UpgradeStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var view = fleet.View;
        var builds = await Task.WhenAll(fleet.All.Select(async node => (node.Name, Build: await fleet.BuildOfAsync(node, cancellationToken))));
        return new UpgradeStatus(
            view.Settings?.Format ?? RecordFormat.First, RecordFormat.Newest,
            [.. builds.Select(node => new UpgradeNode(node.Name.Value, node.Build?.Running, node.Build?.Guard, node.Build?.Installed, node.Build?.Format ?? (view.Builds.TryGetValue(node.Name, out var said) ? said.Value.Format : null)))]);
    }

    /// <summary>Brings nodes to the build that is installed on this one.</summary>
    /// <param name="only">The one node that is meant; null for all.</param>
    /// <param name="finish">Whether the cluster's record format is raised in the end.</param>
    /// <param name="tell">Is given each step that was done.</param>
    /// <param name="cancellationToken">Ends the walk between two steps.</param>
    /// <returns>What was done; null when this node itself is ready to be restarted, after which somebody has to ask again.</returns>
    /// <exception cref="HoldfastException">Codes <c>upgrade.*</c>, <c>node.not-found</c>, <c>node.unreachable</c>.</exception>
    public async Task<string?> RunAsync(NodeName? only, bool finish, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var wanted = InstalledBuild.Look().Installed ?? throw new HoldfastException(ErrorKind.Conflict, "upgrade.unknown", $"What is installed on {Runtime.Node} cannot be told.", "Install the new build here first.");
        var nodes = await RequireInstalledAsync(only, wanted, cancellationToken);
        var online = Online(fleet.View).ToHashSet();
        // Perhaps they have just come back, from this walk or one that was interrupted.
        foreach (var back in nodes.Where(node => node.Runs(wanted) && (node.Node == Runtime.Node || !IsMember(node.Node)))) await SettleAsync(back.Node, wanted, tell, cancellationToken);
        while (true)
        {
            var leader = await Runtime.StoreLeaderAsync(cancellationToken) is { } name ? new NodeName(name) : (NodeName?)null;
            if (UpgradeRules.Next(fleet.View, nodes, wanted, Runtime.Node, leader) is not { } node) break;
            await EmptyAsync(node, nodes.First(known => known.Node == node).Running, wanted, tell, cancellationToken);
            if (node == Runtime.Node)
            {
                await tell($"{node}: restarts; this goes on when it is back");
                return null;
            }

            await RestartAsync(node, cancellationToken);
            await tell($"{node}: restarts");
            await SettleAsync(node, wanted, tell, cancellationToken);
            await fleet.UntilAsync(() => Task.FromResult(online.IsSubsetOf(Online(fleet.View))), BackLimit, () => new HoldfastException(ErrorKind.Conflict, "upgrade.role-offline",
                $"{string.Join(", ", online.Except(Online(fleet.View)))} did not come online again after the restart of {node}; no other node is touched.", "See 'holdfast role explain', then run the command again."), cancellationToken);
            nodes = await RequireInstalledAsync(only, wanted, cancellationToken);
        }

        if (finish) return await FinishAsync(wanted, cancellationToken);
        var open = only is null && fleet.View.Settings is { } settings && settings.Format < RecordFormat.Newest;
        return $"{(only is { } one ? $"Node {one} runs" : "Every node runs")} {Short(wanted)}.{(open ? $" Until 'holdfast cluster upgrade --finish' the records keep format {fleet.View.Settings!.Format}, and the build before can be put back." : "")}";
    }

    /// <summary>Ends this node's processes once it has no roles, so that what is installed is started.</summary>
    /// <exception cref="HoldfastException">Code <c>upgrade.not-empty</c>.</exception>
    public void RequireEmpty()
    {
        if (UpgradeRules.RolesOf(fleet.View, Runtime.Node).ToList() is { Count: > 0 } roles)
            throw new HoldfastException(ErrorKind.Conflict, "upgrade.not-empty", $"Node {Runtime.Node} still owns {string.Join(", ", roles)}.", $"Drain it first: holdfast node drain {Runtime.Node}");
    }

    private async Task<string> FinishAsync(string wanted, CancellationToken cancellationToken)
    {
        var raised = await Runtime.Operations.RaiseFormatAsync(RecordFormat.Newest, cancellationToken);
        if (raised) host.Journal.Add("cluster.format-raised", $"The cluster's records have format {RecordFormat.Newest} from now on; older builds cannot read them.");
        return raised ? $"Every node runs {Short(wanted)}, and the records have format {RecordFormat.Newest} from now on: builds that read no more than the one before are refused." : $"Every node runs {Short(wanted)}; the records have format {RecordFormat.Newest} already.";
    }

    private async Task EmptyAsync(NodeName node, string running, string wanted, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var roles = UpgradeRules.RolesOf(fleet.View, node).ToList();
        await Runtime.Operations.DrainForRestartAsync(node, cancellationToken);
        await tell($"{node}: {Short(running)} to {Short(wanted)}; {(roles.Count == 0 ? "it owns nothing" : $"{string.Join(", ", roles)} {(roles.Count == 1 ? "moves" : "move")} away")}");
        await fleet.UntilAsync(() => Task.FromResult(!UpgradeRules.RolesOf(fleet.View, node).Any()), EmptyLimit, () => new HoldfastException(ErrorKind.Conflict, "upgrade.not-empty",
            $"{string.Join(", ", UpgradeRules.RolesOf(fleet.View, node))} did not leave {node}; it was not restarted.", $"See 'holdfast role explain'. To leave {node} as it is: holdfast node resume {node}"), cancellationToken);
    }

    private async Task RestartAsync(NodeName node, CancellationToken cancellationToken)
    {
        if (Runtime.Peers is not { } peers) throw new HoldfastException(ErrorKind.Unavailable, "node.unreachable", $"Node {node} cannot be asked.", "This cluster has one node.");
        await peers.RestartAsync(Runtime.Operations.FindNode(node).Value, cancellationToken);
    }

    /// <summary>Waits until a node is back on the build, is a full member again, and finds nothing wrong with itself.</summary>
    private async Task SettleAsync(NodeName node, string wanted, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        NodeBuildAnswer? last = null;
        await fleet.UntilAsync(
            async () => (last = await fleet.BuildOfAsync(Runtime.Operations.FindNode(node).Value, cancellationToken)) is { Holds: true } build && build.Running == wanted && build.Guard == wanted && IsMember(node),
            BackLimit, () => new HoldfastException(ErrorKind.Unavailable, "upgrade.not-back", $"Node {node} did not come back on {Short(wanted)}{(last is { } seen ? $": its agent is {Short(seen.Running)}, its leash {Short(seen.Guard)}{(seen.Holds ? "" : ", and it holds no lease")}" : ": its agent does not answer")}. No other node is touched.",
                $"See 'journalctl -u holdfast' on {node}; when it is well, run the command again."), cancellationToken);
        IReadOnlyList<Finding> problems = [];
        await fleet.UntilAsync(
            async () => (problems = [.. (await ExamineAsync(node, cancellationToken)).Where(finding => finding.Level == FindingLevel.Problem)]).Count == 0,
            WellLimit, () => new HoldfastException(ErrorKind.Conflict, "upgrade.unwell", $"Node {node} runs {Short(wanted)} and is not well: {string.Join(" ", problems.Select(problem => problem.What))} No other node is touched.",
                $"{string.Join(" ", problems.Select(problem => problem.Do).OfType<string>().Distinct())} Then run the command again."), cancellationToken);
        await tell($"{node}: runs {Short(wanted)}, and its doctor finds nothing that cannot work");
    }

    private bool IsMember(NodeName node) => fleet.IsUp(node) && fleet.View.Nodes.TryGetValue(node, out var record) && !record.Value.ShuttingDown;

    private async Task<IReadOnlyList<Finding>> ExamineAsync(NodeName node, CancellationToken cancellationToken)
    {
        if (node == Runtime.Node) return await host.Examination.OfNodeAsync(cancellationToken);
        return Runtime.Peers is { } peers && await peers.TryAskAsync(Runtime.Operations.FindNode(node).Value, "v1/peer/doctor", ApiJson.Default.IReadOnlyListFinding, DoctorLimit, cancellationToken) is { } findings ? findings
            : [new Finding(node.Value, "network", FindingLevel.Problem, $"{node} could not be asked to look at itself.", $"Run 'holdfast doctor' on {node}.")];
    }

    private async Task<IReadOnlyList<NodeUpgradeState>> RequireInstalledAsync(NodeName? only, string wanted, CancellationToken cancellationToken)
    {
        var nodes = only is { } one ? [Runtime.Operations.FindNode(one).Value] : fleet.Nodes;
        var asked = await Task.WhenAll(nodes.Select(async node => (node.Name, Build: await PatientlyAsync(node, cancellationToken))));
        if (asked.Where(node => node.Build is null).Select(node => node.Name).ToList() is { Count: > 0 } silent)
            throw Fleet.Unreachable(silent);
        if (asked.Where(node => node.Build!.Installed != wanted).ToList() is { Count: > 0 } others)
            throw new HoldfastException(ErrorKind.Conflict, "upgrade.not-installed", $"{string.Join(", ", others.Select(node => $"{node.Name} has {Short(node.Build!.Installed)} installed"))}, and {Runtime.Node} has {Short(wanted)}; nothing was restarted by this.", "Install the same build on every node (./install, or the package), then run the command again.");
        return [.. asked.Select(node => new NodeUpgradeState(node.Name, node.Build!.Running, node.Build.Guard, node.Build.Installed))];
    }

    /// <summary>A node that an interrupted walk left on its way down, or up again, is waited for.</summary>
    private async Task<NodeBuildAnswer?> PatientlyAsync(NodeRecord node, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            if (await fleet.BuildOfAsync(node, cancellationToken) is { } build) return build;
            if (!Runtime.Operations.FindNode(node.Name).Value.ShuttingDown || time.GetElapsedTime(begun) > BackLimit) return null;
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    // Enough of the commit to tell two builds of one version apart.
    private static string Short(string? version) => version is null ? "nothing that can be told" : version.IndexOf('+', StringComparison.Ordinal) is var plus and > 0 && version.Length > plus + 13 ? version[..(plus + 13)] : version;

    private static IEnumerable<RoleName> Online(ClusterView view) =>
        view.Placements.Values.Where(placement => placement.Value.Phase == PlacementPhase.Assigned && placement.Value.Role.Node is null
            && view.Statuses.TryGetValue(placement.Value.Role, out var status) && status.Value.Epoch == placement.Value.Epoch && status.Value.State == OnlineState.Online).Select(placement => placement.Value.Role);
}
