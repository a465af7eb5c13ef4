using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Api;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Store;
using Holdfast.Store.Etcd;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Membership;

/// <summary>The cluster's side of joining and leaving: tokens, certificates, members of etcd.</summary>
internal sealed class Admission(NodeRuntime runtime, TimeProvider time)
{
    /// <summary>Names the authority's key among the secrets.</summary>
    public const string AuthoritySecret = "authority-key";

    /// <summary>How many members vote; witnesses always do.</summary>
    private const int Voters = 3;

    /// <summary>Makes a token that one node can join with, once.</summary>
    public async Task<TokenResponse> IssueTokenAsync(TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (lifetime < TimeSpan.FromMinutes(1) || lifetime > TimeSpan.FromDays(7))
            throw new HoldfastException(ErrorKind.Invalid, "token.lifetime", $"A token cannot live {lifetime}.", "Use from one minute to seven days.");
        var keys = RequireKeys();
        using var authority = keys.LoadAuthority();
        var token = JoinToken.Create(authority.GetCertHashString(HashAlgorithmName.SHA256), $"{runtime.Identity.Address}:{runtime.Identity.ApiPort}");
        var expires = time.GetUtcNow() + lifetime;
        await RequireCommittedAsync(runtime.Registry.PutAsync(RegistryKeys.Tokens + token.Id, token.ToRecord(expires), RegistryJson.Default.TokenRecord, 0, cancellationToken));
        return new TokenResponse(token.ToString(), expires);
    }

    /// <summary>Admits a node: its token is used up, its certificate signed, its record written, its etcd member announced.</summary>
    /// <exception cref="HoldfastException">Codes <c>token.*</c>, <c>node.exists</c>, <c>name.invalid</c>.</exception>
    public async Task<PeerJoinResponse> AdmitAsync(PeerJoinRequest request, CancellationToken cancellationToken)
    {
        var node = new NodeName(request.Node);
        var view = runtime.Operations.Situation().View;
        var fingerprintOfRequest = SHA256.HashData(request.CertificateRequest);
        var token = await RequireTokenAsync(request, cancellationToken);
        if (view.Nodes.TryGetValue(node, out var existing) && existing.Value.Intent != NodeIntent.Evicted)
            throw new HoldfastException(ErrorKind.Conflict, "node.exists", $"There is already a node {node} in this cluster, at {existing.Value.Address}.", $"Choose another name with --node, or evict the old one first: holdfast node evict {node}");
        if (view.Nodes.Values.FirstOrDefault(other => other.Value.Address == request.Address && other.Value.Intent != NodeIntent.Evicted) is { Value: { } same })
            throw new HoldfastException(ErrorKind.Conflict, "node.address-taken", $"Node {same.Name} already has the address {request.Address}.", "Give the address of the joining machine itself.");

        await RequireCommittedAsync(runtime.Registry.PutAsync(
            RegistryKeys.Tokens + request.TokenId, token.Value with { UsedBy = node.Value, UsedByKey = fingerprintOfRequest }, RegistryJson.Default.TokenRecord, token.Revision, cancellationToken));

        var keys = RequireKeys();
        var clusterKey = keys.LoadClusterKey();
        var authority = await LoadAuthorityAsync(keys, clusterKey, cancellationToken);
        using var certificate = authority.Sign(request.CertificateRequest, node, request.Address, time.GetUtcNow());
        var voters = view.Nodes.Values.Where(other => other.Value is { Voter: true, Intent: not NodeIntent.Evicted }).Select(other => other.Value).ToList();
        var votes = request.Witness || voters.Count < Voters;
        var initialCluster = votes ? await AnnounceMemberAsync(node, request.Address, cancellationToken) : null;
        var record = new NodeRecord
        {
            Name = node, Kind = request.Witness ? NodeKind.Witness : NodeKind.Member, Voter = votes, Address = request.Address, ApiPort = request.ApiPort,
            Intent = NodeIntent.Active, CertificateFingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256),
        };
        await RequireCommittedAsync(runtime.Registry.PutAsync(RegistryKeys.Node(node), record, RegistryJson.Default.NodeRecord, existing.Revision, cancellationToken));
        await runtime.Feed.RefreshAsync(cancellationToken);
        return new PeerJoinResponse(
            runtime.Identity.ClusterId, runtime.Identity.ClusterName, view.Settings!.Profile, authority.Certificate.ExportCertificatePem(), certificate.ExportCertificatePem(), clusterKey,
            votes, initialCluster, [.. voters.Select(voter => voter.Address).Append(votes ? request.Address : null).OfType<string>()]);
    }

    /// <summary>Lets a node's etcd member vote, as soon as it has caught up.</summary>
    public async Task PromoteAsync(NodeName node, CancellationToken cancellationToken)
    {
        using var etcd = new EtcdCluster(runtime.EtcdOptions!);
        var address = runtime.Operations.FindNode(node).Value.Address;
        var member = (await etcd.MembersAsync(cancellationToken)).FirstOrDefault(m => m.PeerAddresses.Contains(new Uri(EtcdSupervisor.PeerUrl(address))));
        if (member is null) throw new HoldfastException(ErrorKind.NotFound, "etcd.no-member", $"Node {node} has no etcd member.", "Evict the node and join it again.");
        if (!member.IsLearner) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        while (true)
        {
            try
            {
                await etcd.PromoteAsync(member.Id, cancellationToken);
                return;
            }
            catch (HoldfastException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken); // It has not caught up yet.
            }
        }
    }

    /// <summary>
    /// Puts a node out of the cluster: condemned first, so that its roles end before anybody else may start them; then its vote
    /// and its right to speak are taken (leases rule 5).
    /// </summary>
    public async Task<string> EvictAsync(NodeName node, CancellationToken cancellationToken)
    {
        var record = runtime.Operations.FindNode(node).Value;
        if (node == runtime.Node) throw new HoldfastException(ErrorKind.Conflict, "node.self", $"Node {node} cannot evict itself.", "Run the command on another node.");
        await runtime.Operations.CondemnAsync(node, cancellationToken);
        if (record.Voter && runtime.EtcdOptions is { } options)
        {
            using var etcd = new EtcdCluster(options);
            var member = (await etcd.MembersAsync(cancellationToken)).FirstOrDefault(m => m.PeerAddresses.Contains(new Uri(EtcdSupervisor.PeerUrl(record.Address))));
            if (member is not null) await etcd.RemoveMemberAsync(member.Id, cancellationToken);
        }

        return $"Node {node} is evicted; its roles go to others once its lease is over.";
    }

    /// <summary>The authority's certificate, which anybody may see: a joining node compares it with its token's fingerprint.</summary>
    public string AuthorityPem() => RequireKeys().LoadAuthority().ExportCertificatePem();

    private NodeKeys RequireKeys() => runtime.Keys
        ?? throw new HoldfastException(ErrorKind.Conflict, "cluster.single-node", "This cluster of one machine keeps its records in a file of its own; no other node can join it.", "Create a cluster with 'holdfast cluster create --address …' instead.");

    private async Task<Versioned<TokenRecord>> RequireTokenAsync(PeerJoinRequest request, CancellationToken cancellationToken)
    {
        var found = await runtime.Registry.FindAsync(RegistryKeys.Tokens + request.TokenId, RegistryJson.Default.TokenRecord, cancellationToken);
        if (found is not { } token || !CryptographicOperations.FixedTimeEquals(SHA256.HashData(request.TokenSecret), token.Value.SecretHash))
            throw new HoldfastException(ErrorKind.Forbidden, "token.unknown", "This cluster did not make this join token.", "Make a new one with 'holdfast cluster token'.");
        if (token.Value.UsedBy is { } user)
            throw new HoldfastException(ErrorKind.Forbidden, "token.used", $"This join token was already used, by {user}.", "Make a new one for each node with 'holdfast cluster token'.");
        if (token.Value.Expires <= time.GetUtcNow())
            throw new HoldfastException(ErrorKind.Forbidden, "token.expired", $"This join token expired at {token.Value.Expires:u}.", "Make a new one with 'holdfast cluster token'.");
        return token;
    }

    private async Task<ClusterAuthority> LoadAuthorityAsync(NodeKeys keys, byte[] clusterKey, CancellationToken cancellationToken)
    {
        var secret = await runtime.Registry.FindAsync(RegistryKeys.Secrets + AuthoritySecret, RegistryJson.Default.SealedSecret, cancellationToken)
            ?? throw new HoldfastException(ErrorKind.Unavailable, "trust.no-authority", "The store does not hold the key of the cluster's authority.", "Restore the store from a backup.");
        return ClusterAuthority.Load(keys.LoadAuthority().ExportCertificatePem(), NodeKeys.Open(clusterKey, secret.Value, AuthoritySecret));
    }

    /// <summary>Adds a learner, after whatever an earlier attempt for the same address left, and returns etcd's initial cluster for it.</summary>
    private async Task<string> AnnounceMemberAsync(NodeName node, string address, CancellationToken cancellationToken)
    {
        using var etcd = new EtcdCluster(runtime.EtcdOptions!);
        var url = new Uri(EtcdSupervisor.PeerUrl(address));
        foreach (var stale in (await etcd.MembersAsync(cancellationToken)).Where(member => member.PeerAddresses.Contains(url))) await etcd.RemoveMemberAsync(stale.Id, cancellationToken);
        var (added, all) = await etcd.AddLearnerAsync(url, cancellationToken);
        return string.Join(',', all.SelectMany(member => member.PeerAddresses.Select(peer => $"{(member.Id == added.Id ? node.Value : member.Name)}={peer.GetLeftPart(UriPartial.Authority)}")));
    }

    private static async Task RequireCommittedAsync(Task<CommitOutcome> commit)
    {
        switch (await commit)
        {
            case CommitOutcome.Conflict:
                throw new HoldfastException(ErrorKind.Conflict, "store.conflict", "Somebody changed the same record at the same moment.", "Try again.");
            case CommitOutcome.Unknown unknown:
                throw new StoreUnavailableException($"Whether the change was stored is unknown: {unknown.Reason}");
        }
    }
}
