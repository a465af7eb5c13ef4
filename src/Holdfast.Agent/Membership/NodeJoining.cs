using Holdfast.Agent.Api;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Trust;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Leash.Protocol;
using Holdfast.Store.Etcd;

namespace Holdfast.Agent.Membership;

/// <summary>Makes this machine a node of an existing cluster. Either everything is done, or nothing is left here.</summary>
internal sealed class NodeJoining(AgentOptions options, ILeash leash, EventJournal journal, TimeProvider time)
{
    /// <summary>Joins; <paramref name="tell"/> is given each step that was done.</summary>
    /// <exception cref="Holdfast.Cluster.HoldfastException">What is wrong with the request, or what the cluster answered.</exception>
    public async Task<NodeIdentity> JoinAsync(JoinRequest request, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var node = new NodeName(request.Node);
        var token = JoinToken.Parse(request.Token);
        LocalAddress.Require(request.Address);
        using var http = await PeerClient.ForJoiningAsync(token, cancellationToken);
        await tell($"reached the cluster at {token.Address}");
        try
        {
            var keys = new NodeKeys(Path.Combine(options.StateDirectory, "trust"));
            var asked = new PeerJoinRequest(token.Id, token.Secret, node.Value, request.Address, NodeIdentity.DefaultApiPort, request.Witness, keys.Request(node));
            var given = await PeerClient.SendAsync(http, new Uri($"https://{token.Address}/v1/peer/join"), asked, PeerJson.Default.PeerJoinRequest, PeerJson.Default.PeerJoinResponse, cancellationToken);
            keys.Install(given.AuthorityPem, given.CertificatePem, given.ClusterKey);
            var identity = new NodeIdentity
            {
                ClusterId = given.ClusterId, ClusterName = given.ClusterName, Node = node.Value, Address = request.Address, Store = StoreKind.Etcd,
                Voter = given.Voter, Voters = given.Voters, Profile = given.Profile, EtcdInitialCluster = given.EtcdInitialCluster, EtcdInitialState = given.Voter ? "existing" : null,
            };
            await tell($"was admitted to cluster {given.ClusterName} as {node}");
            if (given.Voter) await StartMemberAsync(identity, keys, token, tell, cancellationToken);
            identity.Save(options.StateDirectory);
            return identity;
        }
        catch
        {
            await ClusterFounding.UndoAsync(options, leash);
            throw;
        }
    }

    private async Task StartMemberAsync(NodeIdentity identity, NodeKeys keys, JoinToken token, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var profile = TimingProfile.All.First(p => p.Name == identity.Profile);
        await new EtcdSupervisor(identity, keys, options.StateDirectory, profile, leash, time, journal).EnsureRunningAsync(cancellationToken);
        using var http = PeerClient.ForNode(keys, TimeSpan.FromSeconds(5)); // From here on it speaks as a node.
        await PeerClient.SendAsync(http, new Uri($"https://{token.Address}/v1/peer/promote"), new PeerPromoteRequest(identity.Node), PeerJson.Default.PeerPromoteRequest, ApiJson.Default.Done, cancellationToken);
        await using var store = new EtcdClusterStore(StoreFollower.OptionsFor(identity, keys, identity.Voters));
        await ClusterFounding.WaitForStoreAsync(store, time, TimeSpan.FromSeconds(30), cancellationToken);
        await tell("started this node's member of etcd, and it votes");
    }
}
