using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Membership;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Etcd;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Recovery;

/// <summary>
/// An etcd of one member that begins with the records of another store. It is filled while only this machine can reach it, and it
/// becomes the cluster's store in one step: when the node's identity names its folder.
/// </summary>
internal sealed class FreshEtcd(AgentOptions options, ILeash leash, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>The identity of a node whose store is such an etcd.</summary>
    public static NodeIdentity IdentityOf(NodeIdentity before, int generation) => before with
    {
        Store = StoreKind.Etcd, Voter = true, Voters = [before.Address], Generation = generation, StoreId = null,
        // Another token makes other ids of members and of the store: nobody who followed the old one can take this for it.
        EtcdToken = $"{before.ClusterId}-{generation}", EtcdFolder = $"etcd-{generation}",
        EtcdInitialCluster = $"{before.Node}={EtcdSupervisor.PeerUrl(before.Address)}", EtcdInitialState = "new",
    };

    /// <summary>Makes it and fills it; nothing of it is left when that fails.</summary>
    public async Task FillAsync(NodeIdentity identity, NodeKeys keys, TimingProfile profile, StoreRebirth rebirth, StoreView old, CancellationToken cancellationToken)
    {
        var etcd = new EtcdSupervisor(identity, keys, options.StateDirectory, profile, leash, time, journal);
        if (Directory.Exists(etcd.DataDirectory)) Directory.Delete(etcd.DataDirectory, recursive: true);
        try
        {
            await etcd.StartAsideAsync(etcd.DataDirectory, alone: false, cancellationToken);
            await using (var store = new EtcdClusterStore(etcd.AsideOptions))
            {
                await ClusterFounding.WaitForStoreAsync(store, time, StartLimit, cancellationToken);
                foreach (var transaction in rebirth.Transactions(old))
                {
                    if (await store.CommitAsync(transaction, cancellationToken) is not CommitOutcome.Committed)
                        throw new StoreUnavailableException("The new store did not take the records of the old one.");
                }
            }

            await etcd.StopAsideAsync();
        }
        catch
        {
            await etcd.StopAsideAsync();
            if (Directory.Exists(etcd.DataDirectory)) Directory.Delete(etcd.DataDirectory, recursive: true);
            throw;
        }
    }
}
