using Holdfast.Agent.Api;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Upgrades;
using Holdfast.Leash.Protocol;
using Holdfast.Store.Etcd;

namespace Holdfast.Agent.Membership;

/// <summary>
/// Makes this machine a node of an existing cluster. Until it is admitted nothing but its own key is left here when something goes
/// wrong, and with that key the same token can be used again. From then on it is a node: what is still to be done, its agent does
/// at every start. A member of etcd that may vote already is never taken back, because the cluster may need its vote.
/// </summary>
internal sealed class NodeJoining(AgentOptions options, ILeash leash, EventJournal journal, TimeProvider time)
{
    /// <summary>Joins; <paramref name="tell"/> is given each step that was done.</summary>
    /// <exception cref="HoldfastException">What is wrong with the request, or what the cluster answered.</exception>
    public async Task<NodeIdentity> JoinAsync(JoinRequest request, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var node = new NodeName(request.Node);
        var token = JoinToken.Parse(request.Token);
        LocalAddress.Require(request.Address);
        using var http = await PeerClient.ForJoiningAsync(token, cancellationToken);
        await tell($"reached the cluster at {token.Address}");
        var keys = new NodeKeys(StoreFollower.TrustFolder(options));
        NodeIdentity identity;
        try
        {
            var asked = new PeerJoinRequest(token.Id, token.Secret, node.Value, request.Address, NodeIdentity.DefaultApiPort, request.Witness, keys.Request(node), RecordFormat.Newest, request.Client);
            var given = await PeerClient.SendAsync(http, new Uri($"https://{token.Address}/v1/peer/join"), asked, PeerJson.Default.PeerJoinRequest, PeerJson.Default.PeerJoinResponse, cancellationToken);
            await ClusterFounding.RemoveMemberAsync(options, leash); // Data of another cluster would be taken for this one's.
            keys.Install(given.AuthorityPem, given.CertificatePem, given.ClusterKey, given.RevocationPem);
            if (given.StoreAddress is { } database) keys.InstallStoreAddress(database);
            identity = new NodeIdentity
            {
                ClusterId = given.ClusterId, ClusterName = given.ClusterName, Node = node.Value, Address = request.Address, Store = given.StoreAddress is null ? StoreKind.Etcd : StoreKind.Postgres,
                Voter = given.Voter, Client = request.Client, Voters = given.Voters, Profile = given.Profile, EtcdInitialCluster = given.EtcdInitialCluster, EtcdInitialState = given.Voter ? "existing" : null,
            };
            identity.Save(options.StateDirectory);
        }
        catch
        {
            NodeIdentity.Delete(options.StateDirectory);
            keys.Uninstall();
            throw;
        }

        // Not cancelled with the command that asked: it is a node now, whoever still waits for it.
        await SayAsync($"was admitted to cluster {identity.ClusterName} as {node}");
        if (identity.Voter) await StartMemberAsync(identity, keys, token, SayAsync);
        return identity;

        async Task SayAsync(string step)
        {
            try
            {
                await tell(step);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
            }
        }
    }

    private async Task StartMemberAsync(NodeIdentity identity, NodeKeys keys, JoinToken token, Func<string, Task> tell)
    {
        try
        {
            var profile = TimingProfile.Find(identity.Profile);
            await new EtcdSupervisor(identity, keys, options.StateDirectory, profile, leash, time, journal).EnsureRunningAsync(CancellationToken.None);
            using var http = PeerClient.ForNode(keys, TimeSpan.FromSeconds(5)); // From here on it speaks as a node.
            await PeerClient.SendAsync(http, new Uri($"https://{token.Address}/v1/peer/promote"), new PeerPromoteRequest(identity.Node), PeerJson.Default.PeerPromoteRequest, ApiJson.Default.Done, CancellationToken.None);
            await using var store = new EtcdClusterStore(StoreFollower.OptionsFor(identity, keys, identity.Voters));
            await ClusterFounding.WaitForStoreAsync(store, time, TimeSpan.FromSeconds(30), CancellationToken.None);
            await tell("started this node's member of etcd, and it votes");
        }
        catch (Exception exception) when (exception is HoldfastException or LeashRefusedException or OperationCanceledException)
        {
            await tell($"could not wait until this node's member of etcd votes ({exception.Message.TrimEnd('.')}); the agent goes on trying");
        }
    }
}
