using Holdfast.Agent.Etcd;
using Holdfast.Agent.Hosting;
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
internal sealed class EvictionKeeper(NodeRuntime runtime, TimeProvider time)
{
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
                    if (await runtime.Registry.FindAsync(RegistryKeys.Revoked, RegistryJson.Default.RevocationRecord, cancellationToken) is { } revoked) keys.InstallRevocations(revoked.Value.List);
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
