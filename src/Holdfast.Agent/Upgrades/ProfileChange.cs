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
internal sealed class ProfileChange(AgentHost host, Fleet fleet, TimeProvider time)
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeaseLimit = TimeSpan.FromMinutes(1);

    private NodeRuntime Runtime => fleet.Here;

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

    private TimingProfile LeasesNow() => TimingProfile.Find(fleet.View.Settings?.Profile ?? Runtime.Identity.Profile);

    private async Task RequireFitAsync(TimingProfile target, CancellationToken cancellationToken)
    {
        List<string> misfits = [];
        // One node after the other: together they would measure each other.
        foreach (var node in fleet.Nodes)
        {
            var found = node.Name == Runtime.Node ? await MisfitsHereAsync(target.Name, cancellationToken)
                : Runtime.Peers is { } peers ? await peers.TryAskAsync(node, $"v1/peer/timing?profile={target.Name}", PeerJson.Default.IReadOnlyListString, AskLimit, cancellationToken) : null;
            misfits.AddRange((found ?? throw Fleet.Unreachable(node.Name)).Select(misfit => $"{node.Name}: {misfit}"));
        }

        if (misfits.Count > 0)
            throw new HoldfastException(ErrorKind.Conflict, "profile.unfit", $"The timing {target.Name} cannot be kept here, so nothing was changed by this. {string.Join(" ", misfits)}", "Take load off the nodes and their network and ask again, or choose a slower profile.");
    }

    /// <summary>A voter that is down would come back with the old timing, at any moment.</summary>
    private void RequireAllUp()
    {
        var down = fleet.Nodes.Select(node => node.Name).Where(node => !fleet.IsUp(node, patience: true)).ToList();
        if (down.Count > 0)
            throw new HoldfastException(ErrorKind.Conflict, "profile.node-down", $"{string.Join(", ", down)} {(down.Count == 1 ? "is" : "are")} not up, and the timing of a cluster is changed on all of its nodes.", "Bring every node back, or evict those that will not come back, then run the command again.");
    }

    private async Task<ImmutableArray<(NodeName Node, TimingProfile Profile)>> MembersAsync(CancellationToken cancellationToken)
    {
        var leader = await Runtime.StoreLeaderAsync(cancellationToken);
        var members = ImmutableArray.CreateBuilder<(NodeName, TimingProfile)>();
        foreach (var node in fleet.Nodes.Where(node => node.Voter && Runtime.EtcdOptions is not null).OrderBy(node => node.Name.Value == leader).ThenBy(node => node.Name))
        {
            var build = await fleet.BuildOfAsync(node, cancellationToken) ?? throw Fleet.Unreachable(node.Name);
            members.Add((node.Name, TimingProfile.Find(build.StoreProfile)));
        }

        return members.ToImmutable();
    }

    private async Task RestartMemberAsync(NodeName node, TimingProfile target, CancellationToken cancellationToken)
    {
        if (StoreQuorum.Of(fleet.View, node) is { Holds: false, Voters: > 1 } quorum)
            throw new HoldfastException(ErrorKind.Conflict, "profile.quorum", $"The member of etcd on {node} cannot be restarted now: without it {quorum}", "Bring back the voters that are down, then run the command again.");
        if (node == Runtime.Node) await Runtime.UseStoreProfileAsync(target, cancellationToken);
        else if (Runtime.Peers is { } peers) await peers.UseStoreProfileAsync(Runtime.Operations.FindNode(node).Value, target.Name, cancellationToken);
        else throw Fleet.Unreachable(node);
    }

    private Task UntilLeasesAsync(TimingProfile target, CancellationToken cancellationToken)
    {
        return fleet.UntilAsync(() => Task.FromResult(Others().Count == 0), LeaseLimit, () => new HoldfastException(ErrorKind.Unavailable, "profile.not-followed",
            $"{string.Join(", ", Others())} did not take up the timing {target.Name}; no member of etcd is touched.", "Run the command again when they are well."), cancellationToken);

        List<NodeName> Others() => [.. fleet.View.Leases.Values.Select(lease => lease.Value).Where(lease => lease.State == LeaseState.Live && !fleet.View.IsClient(lease.Node) && lease.Duration != target.LeaseDuration).Select(lease => lease.Node)];
    }
}
