using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doctor;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;

namespace Holdfast.Agent.Upgrades;

/// <summary>Takes the cluster from one timing profile to another, step by step (<see cref="TimingChange"/>). Where it stands is told from the settings and from the nodes, so it may be interrupted and asked for again.</summary>
internal sealed class ProfileChange(AgentHost host, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeaseLimit = TimeSpan.FromMinutes(1);

    private NodeRuntime Runtime => host.RequireRuntime();

    /// <summary>Changes the profile.</summary>
    /// <param name="name">The profile.</param>
    /// <param name="tell">Is given each step that was done.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <exception cref="HoldfastException">Codes <c>profile.*</c>, <c>node.unreachable</c>, and what a step ends with.</exception>
    public async Task<string> RunAsync(string name, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var target = TimingProfile.Find(name);
        if (target.BrokenRules() is [var broken, ..]) throw new HoldfastException(ErrorKind.Invalid, "profile.impossible", broken, "Choose another profile.");
        await RequireFitAsync(target, cancellationToken);
        await tell($"every node can keep the timing {name}");
        while (true)
        {
            RequireAllUp();
            var members = await MembersAsync(cancellationToken);
            switch (TimingChange.Next(LeasesNow(), members, target))
            {
                case TimingStep.Leases:
                    await Runtime.Operations.UseProfileAsync(target.Name, cancellationToken);
                    await UntilLeasesAsync(target, cancellationToken);
                    await tell($"every node's lease lives {target.LeaseDuration.TotalMilliseconds:0} ms");
                    break;
                case TimingStep.Member member:
                    await RestartMemberAsync(member.Node, target, cancellationToken);
                    await tell($"{member.Node}: its member of etcd runs with a heartbeat of {target.EtcdHeartbeat.TotalMilliseconds:0} ms and an election timeout of {target.EtcdElection.TotalMilliseconds:0} ms");
                    break;
                default:
                    host.Journal.Add("cluster.profile-changed", $"The cluster's timing is {name}.");
                    return $"The cluster's timing is {name}.";
            }
        }
    }

    /// <summary>What makes a profile unfit for this node, from what is measured now.</summary>
    public async Task<IReadOnlyList<string>> MisfitsHereAsync(string name, CancellationToken cancellationToken) =>
        TimingFit.Misfits(TimingProfile.Find(name), await TimingCheck.MeasureAsync(Runtime, time, cancellationToken));

    private IReadOnlyList<NodeRecord> Nodes() => [.. Runtime.Operations.Situation().View.Nodes.Values.Select(node => node.Value).Where(node => node.Intent != NodeIntent.Evicted)];

    private TimingProfile LeasesNow() => TimingProfile.Find(Runtime.Operations.Situation().View.Settings?.Profile ?? Runtime.Identity.Profile);

    private async Task RequireFitAsync(TimingProfile target, CancellationToken cancellationToken)
    {
        List<string> misfits = [];
        // One node after the other: together they would measure each other.
        foreach (var node in Nodes())
        {
            var found = node.Name == Runtime.Node ? await MisfitsHereAsync(target.Name, cancellationToken)
                : Runtime.Peers is { } peers ? await peers.TryAskAsync(node, $"v1/peer/timing?profile={target.Name}", PeerJson.Default.IReadOnlyListString, AskLimit, cancellationToken) : null;
            misfits.AddRange((found ?? throw Unreachable(node.Name)).Select(misfit => $"{node.Name}: {misfit}"));
        }

        if (misfits.Count > 0)
            throw new HoldfastException(ErrorKind.Conflict, "profile.unfit", $"The timing {target.Name} cannot be kept here, so nothing was changed by this. {string.Join(" ", misfits)}", "Take load off the nodes and their network and ask again, or choose a slower profile.");
    }

    /// <summary>A voter that is down would come back with the old timing, at any moment.</summary>
    private void RequireAllUp()
    {
        var (view, seen) = Runtime.Operations.Situation();
        var down = Nodes().Select(node => node.Name).Where(node => !view.Leases.TryGetValue(node, out var lease) || lease.Value.State != LeaseState.Live
            || !seen.Leases.TryGetValue(node, out var sighting) || seen.Now.ObservedSince(sighting.FirstSeen) >= lease.Value.Duration + lease.Value.Margin).ToList();
        if (down.Count > 0)
            throw new HoldfastException(ErrorKind.Conflict, "profile.node-down", $"{string.Join(", ", down)} {(down.Count == 1 ? "is" : "are")} not up, and the timing of a cluster is changed on all of its nodes.", "Bring every node back, or evict those that will not come back, then run the command again.");
    }

    private async Task<ImmutableArray<(NodeName Node, TimingProfile Profile)>> MembersAsync(CancellationToken cancellationToken)
    {
        var leader = await Runtime.StoreLeaderAsync(cancellationToken);
        var members = ImmutableArray.CreateBuilder<(NodeName, TimingProfile)>();
        foreach (var node in Nodes().Where(node => node.Voter && Runtime.EtcdOptions is not null).OrderBy(node => node.Name.Value == leader).ThenBy(node => node.Name))
        {
            var profile = node.Name == Runtime.Node ? Runtime.StoreProfile.Name
                : Runtime.Peers is { } peers && await peers.TryAskAsync(node, "v1/peer/build", PeerJson.Default.NodeBuildAnswer, AskLimit, cancellationToken) is { } answer ? answer.StoreProfile : null;
            members.Add((node.Name, TimingProfile.Find(profile ?? throw Unreachable(node.Name))));
        }

        return members.ToImmutable();
    }

    private async Task RestartMemberAsync(NodeName node, TimingProfile target, CancellationToken cancellationToken)
    {
        var (view, _) = Runtime.Operations.Situation();
        if (StoreQuorum.Of(view, node) is { Holds: false, Voters: > 1 } quorum)
            throw new HoldfastException(ErrorKind.Conflict, "profile.quorum", $"The member of etcd on {node} cannot be restarted now: without it {quorum}", "Bring back the voters that are down, then run the command again.");
        if (node == Runtime.Node) await Runtime.UseStoreProfileAsync(target, cancellationToken);
        else if (Runtime.Peers is { } peers) await peers.UseStoreProfileAsync(Runtime.Operations.FindNode(node).Value, target.Name, cancellationToken);
        else throw Unreachable(node);
    }

    private async Task UntilLeasesAsync(TimingProfile target, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (Runtime.Operations.Situation().View is var view && view.Leases.Values.Where(lease => lease.Value.State == LeaseState.Live && lease.Value.Duration != target.LeaseDuration).Select(lease => lease.Value.Node).ToList() is { Count: > 0 } others)
        {
            if (time.GetElapsedTime(begun) > LeaseLimit)
                throw new HoldfastException(ErrorKind.Unavailable, "profile.not-followed", $"{string.Join(", ", others)} did not take up the timing {target.Name}; no member of etcd is touched.", "Run the command again when they are well.");
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    private static HoldfastException Unreachable(NodeName node) => new(ErrorKind.Unavailable, "node.unreachable", $"Node {node} does not answer.", "Bring every node back, then run the command again.");
}
