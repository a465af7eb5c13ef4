using Holdfast.Agent.Doors;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Cluster;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Store;
using Holdfast.Store.Etcd;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Membership;

/// <summary>
/// Keeps evicted nodes out of this voter's etcd: once their members are out, their certificates are refused. In this order,
/// because a member that was cut off first would still count for the quorum that has to agree to its leaving.
/// </summary>
internal sealed class EvictionKeeper(NodeRuntime runtime, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan CutLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    // Who evicts takes the member out. If it cannot any more, the voters do, one after the other: of two that ask etcd for the
    // same at once, one may never be answered.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Follows the records of the nodes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (done, begun, since) = (-1L, -1L, 0L);
        while (!cancellationToken.IsCancellationRequested)
        {
            var state = runtime.Feed.Current;
            // Whatever revokes a certificate writes its node's record too.
            var revision = state?.View.Nodes.Values.Select(node => node.Revision).DefaultIfEmpty().Max() ?? done;
            if (revision == done || runtime is not { Etcd: not null, Keys: { } keys, EtcdOptions: { } options })
            {
                await runtime.Feed.WaitForChangeAsync(state, cancellationToken);
                continue;
            }

            if (revision != begun) (begun, since) = (revision, time.GetTimestamp());
            try
            {
                if (await AreOutAsync(options, time.GetElapsedTime(since), cancellationToken))
                {
                    if (await runtime.Registry.FindAsync(RegistryKeys.Revoked, RegistryJson.Default.RevocationRecord, cancellationToken) is { } revoked && keys.InstallRevocations(revoked.Value.List)) await CutAsync(cancellationToken);
                    done = revision;
                    continue;
                }
            }
            catch (HoldfastException)
            {
                // The store cannot be asked now.
            }

            await time.PauseAsync(RetryPause, cancellationToken);
        }
    }

    /// <summary>
    /// etcd looks at the list at every handshake and never again: a connection that was open would go on for good. So all that other machines have open to this member's
    /// clients' port are ended in the kernel, by address and port because nobody else knows whose they are; who is still good is back within milliseconds.
    /// </summary>
    private async Task CutAsync(CancellationToken cancellationToken)
    {
        var cut = await Tool.RunAsync("ss", ["--kill", "--tcp", "--numeric", "--no-header", "state", "connected", $"( sport = :{EtcdSupervisor.ClientPort} and not dst 127.0.0.0/8 and not dst {DoorAddress.HostOf(runtime.Identity.Address)} )"], CutLimit, time, cancellationToken);
        if (cut is not { ExitCode: 0 })
            journal.Add("etcd.connections-left", $"Connections that were open to the store on node {runtime.Node} could not be ended after a certificate was revoked (ss --kill{(cut is null ? " is not there or did not answer" : $" exited with {cut.ExitCode}")}). Whoever has one keeps it until it is closed: restart this node's agent and leash.");
    }

    private async Task<bool> AreOutAsync(EtcdOptions options, TimeSpan waited, CancellationToken cancellationToken)
    {
        if (runtime.Feed.Current?.View.Nodes.Values.All(node => node.Value.Intent != NodeIntent.Evicted) == true) return true;
        using var etcd = new EtcdCluster(options);
        var members = await etcd.MembersAsync(cancellationToken);
        await runtime.Feed.RefreshAsync(cancellationToken); // After the members: one that joins again has its record before its member.
        if (runtime.Feed.Current is not { } state) return false;
        var gone = PeerUrls(state.View, node => node.Intent == NodeIntent.Evicted).Except(PeerUrls(state.View, node => node.Intent != NodeIntent.Evicted)).ToList();
        var left = members.Where(member => member.PeerAddresses.Any(gone.Contains)).ToList();
        var turn = 1 + state.View.Nodes.Values.Count(node => node.Value is { Voter: true, Intent: not NodeIntent.Evicted } && node.Value.Name.CompareTo(runtime.Node) < 0);
        if (waited >= Patience * turn)
        {
            foreach (var member in left) await etcd.RemoveMemberAsync(member.Id, cancellationToken);
        }

        return left.Count == 0;
    }

    private static IEnumerable<Uri> PeerUrls(ClusterView view, Func<NodeRecord, bool> which) =>
        view.Nodes.Values.Select(node => node.Value).Where(which).Select(node => new Uri(EtcdSupervisor.PeerUrl(node.Address)));
}
