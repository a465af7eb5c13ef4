using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Api;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Agent.Upgrades;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Store;
using Holdfast.Store.Etcd;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Membership;

/// <summary>The cluster's side of joining and leaving: tokens, certificates, members of etcd.</summary>
internal sealed class Admission(NodeRuntime runtime, EventJournal journal, TimeProvider time)
{
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

    /// <summary>
    /// Admits a node: its token is used up and its record written as one, then its etcd member is announced. What breaks off after
    /// that is repeated by the same machine with the same token (<see cref="TokenUse"/>).
    /// </summary>
    /// <exception cref="HoldfastException">Codes <c>token.*</c>, <c>node.exists</c>, <c>name.invalid</c>, <c>join.request-invalid</c>, <c>node.outdated</c>.</exception>
    public async Task<PeerJoinResponse> AdmitAsync(PeerJoinRequest request, CancellationToken cancellationToken)
    {
        var node = new NodeName(request.Node);
        var keys = RequireKeys();
        var (clusterKey, keyRevision) = await runtime.ClusterKey.CurrentAsync(cancellationToken);
        await runtime.Feed.RefreshAsync(cancellationToken); // Two nodes that join through different members must not get the same place.
        var view = runtime.Operations.Situation().View;
        if (view.Settings is { } settings && request.Format < settings.Format)
            throw new HoldfastException(ErrorKind.Conflict, "node.outdated", $"Node {node} runs a build that reads no record format above {request.Format}, and this cluster's records have format {settings.Format}.", $"Install {InstalledBuild.Own} or a later one on it, then join it.");
        var tokenKey = RegistryKeys.Tokens + request.TokenId;
        var token = await runtime.Registry.FindAsync(tokenKey, RegistryJson.Default.TokenRecord, cancellationToken);
        var known = view.Nodes.GetValueOrDefault(node);
        var used = TokenUse.By(node, token?.Value, request.TokenSecret, ClusterAuthority.KeyOf(request.CertificateRequest), known.Value, time.GetUtcNow());
        var others = view.Nodes.Values.Select(other => other.Value).Where(other => other.Name != node && other.Intent != NodeIntent.Evicted).ToList();
        if (others.FirstOrDefault(other => other.Address == request.Address) is { } same)
            throw new HoldfastException(ErrorKind.Conflict, "node.address-taken", $"Node {same.Name} already has the address {request.Address}.", "Give the address of the joining machine itself.");

        var authority = await LoadAuthorityAsync(keys, clusterKey, cancellationToken);
        var publicKey = Convert.ToBase64String(ClusterAuthority.KeyOf(request.CertificateRequest));
        using var certificate = authority.Sign(request.CertificateRequest, node, request.Address, time.GetUtcNow());
        var voters = others.Where(other => other.Voter).ToList();
        var shared = runtime.Identity.Store == StoreKind.Postgres;
        if (shared && request.Witness)
            throw new HoldfastException(ErrorKind.Conflict, "node.no-votes", "The store of this cluster is a database: nobody votes, and it needs no witness.", "Join the machine as a member, or not at all.");
        if (request is { Witness: true, Client: true })
            throw new HoldfastException(ErrorKind.Invalid, "join.request-invalid", $"Node {node} cannot be both a witness, which votes, and a client, which never does.", "Join it with --witness or with --client.");
        var votes = !shared && !request.Client && (request.Witness || voters.Count < Voters);
        var record = new NodeRecord
        {
            Name = node, Kind = request.Witness ? NodeKind.Witness : request.Client ? NodeKind.Client : NodeKind.Member, Voter = votes, Address = request.Address, ApiPort = request.ApiPort,
            Intent = NodeIntent.Active, CertificateFingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256), CertificateSerial = certificate.SerialNumber, PublicKey = publicKey,
            Settings = known.Value is { Intent: not NodeIntent.Evicted } interrupted ? interrupted.Settings : null, // A machine that joins under the name of one that was evicted is another one.
        };
        // A repeated join is given a new certificate; the one before may have reached the machine all the same.
        var (revoked, unchanged, revoking) = await RevokeAsync(known.Value is { Intent: not NodeIntent.Evicted } before ? before.Serials() : [], authority, cancellationToken);
        await RequireCommittedAsync(runtime.Registry.Store.CommitAsync(
            new(
                [new(tokenKey, token!.Value.Revision), new(RegistryKeys.Node(node), known.Revision), new(RegistryKeys.ClusterKey, keyRevision), new(RegistryKeys.Settings, view.SettingsRevision), .. unchanged], // A key that is rotated at this moment would be kept from it, and a format raised at this moment might be none that it reads.
                [new(tokenKey, RegistryJson.Encode(used, RegistryJson.Default.TokenRecord)), new(RegistryKeys.Node(node), RegistryJson.Encode(record, RegistryJson.Default.NodeRecord)), PlannerMark.Write(runtime.Node), .. revoking]), // So that who raises the format at this moment judges this node too.
            cancellationToken));
        await runtime.Feed.RefreshAsync(cancellationToken);
        var initialCluster = votes ? await AnnounceMemberAsync(node, request.Address, cancellationToken) : null;
        return new PeerJoinResponse(
            runtime.Identity.ClusterId, runtime.Identity.ClusterName, view.Settings!.Profile, authority.Certificate.ExportCertificatePem(), certificate.ExportCertificatePem(), clusterKey,
            votes, initialCluster, [.. voters.Select(voter => voter.Address).Append(votes ? request.Address : null).OfType<string>()], revoked?.List, shared ? keys.LoadStoreAddress() : null);
    }

    /// <summary>Replaces a node's member of etcd by one that knows nothing yet and learns before it votes.</summary>
    /// <exception cref="HoldfastException">Code <c>etcd.no-member</c>; or the store has no quorum without it.</exception>
    public async Task<PeerRejoinResponse> RejoinAsync(NodeName node, CancellationToken cancellationToken)
    {
        await runtime.Feed.RefreshAsync(cancellationToken);
        var view = runtime.Operations.Situation().View;
        var record = runtime.Operations.FindNode(node).Value;
        if (!record.Voter || record.Intent == NodeIntent.Evicted) throw new HoldfastException(ErrorKind.Conflict, "etcd.no-member", $"Node {node} does not vote.", "Evict the node and join it again.");
        var voters = view.Nodes.Values.Select(other => other.Value).Where(other => other is { Voter: true, Intent: not NodeIntent.Evicted });
        return new(await AnnounceMemberAsync(node, record.Address, cancellationToken), [.. voters.Select(voter => voter.Address)]);
    }

    /// <summary>Lets a node's etcd member vote, as soon as it has caught up.</summary>
    public async Task PromoteAsync(NodeName node, CancellationToken cancellationToken)
    {
        using var etcd = new EtcdCluster(runtime.EtcdOptions!);
        var address = runtime.Operations.FindNode(node).Value.Address;
        var member = await FindMemberAsync(etcd, address, cancellationToken);
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

    /// <summary>Sees to it that this node's own member votes, also when the join was broken off before it did.</summary>
    public async Task VoteAsync(CancellationToken cancellationToken)
    {
        // A member that does not vote answers nothing itself.
        var others = runtime.Identity.Voters.Where(address => address != runtime.Identity.Address).ToList();
        if (runtime.Etcd is null || others.Count == 0) return;
        using var etcd = new EtcdCluster(StoreFollower.OptionsFor(runtime.Identity with { Voter = false }, RequireKeys(), others));
        while (true)
        {
            try
            {
                if (await FindMemberAsync(etcd, runtime.Identity.Address, cancellationToken) is not { IsLearner: true } learner) return;
                await etcd.PromoteAsync(learner.Id, cancellationToken);
                journal.Add("node.votes", $"The member of etcd of node {runtime.Node} has everything and votes.");
                return;
            }
            catch (HoldfastException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken); // It has not caught up yet, or nobody can be asked now.
            }
        }
    }

    /// <summary>
    /// Puts a node out of the cluster: condemned first, so that its roles end before anybody else may start them; then its vote
    /// and its right to speak are taken (leases rule 5).
    /// </summary>
    public Task<string> EvictAsync(NodeName node, CancellationToken cancellationToken) => PutOutAsync(node, RevokeAsync, "", cancellationToken);

    /// <summary>
    /// Evicts a node that is no longer trusted: in the same commit the cluster key is rotated, so that what it copied opens no secret that is in
    /// the store from now on.
    /// </summary>
    public Task<string> RevokeNodeAsync(NodeName node, CancellationToken cancellationToken)
    {
        RequireKeys();
        return PutOutAsync(
            node,
            async (record, stop) =>
            {
                var (unchanged, writes) = await RevokeAsync(record, stop);
                var (keyUnchanged, keyWrites) = await runtime.ClusterKey.RotateAsync(node, stop);
                return ([.. unchanged, .. keyUnchanged], [.. writes, .. keyWrites]);
            },
            " The cluster key was rotated.", cancellationToken);
    }

    private async Task<string> PutOutAsync(NodeName node, Func<NodeRecord, CancellationToken, Task<(StoreCondition[] Unchanged, StoreWrite[] Writes)>> revoke, string more, CancellationToken cancellationToken)
    {
        var record = runtime.Operations.FindNode(node).Value;
        if (node == runtime.Node) throw new HoldfastException(ErrorKind.Conflict, "node.self", $"Node {node} cannot evict itself.", "Run the command on another node.");
        await runtime.Operations.CondemnAsync(node, revoke, cancellationToken);
        if (record.Voter && runtime.EtcdOptions is { } options)
        {
            using var etcd = new EtcdCluster(options);
            var member = await FindMemberAsync(etcd, record.Address, cancellationToken);
            if (member is not null) await etcd.RemoveMemberAsync(member.Id, cancellationToken);
        }

        return $"Node {node} is evicted; its roles go to others once its lease is over.{more}";
    }

    /// <summary>A new certificate for this node.</summary>
    public async Task<X509Certificate2> SignAsync(byte[] certificateRequest, CancellationToken cancellationToken)
    {
        var authority = await LoadAuthorityAsync(RequireKeys(), (await runtime.ClusterKey.CurrentAsync(cancellationToken)).Key, cancellationToken);
        return authority.Sign(certificateRequest, runtime.Node, runtime.Identity.Address, time.GetUtcNow());
    }

    /// <summary>Changes which certificate a node may present, and revokes another of it in the same commit.</summary>
    /// <param name="revoked">The serial number to revoke, told from the record as it is; empty for none.</param>
    public async Task ReplaceCertificateAsync(NodeName node, Func<NodeRecord, NodeRecord> change, Func<NodeRecord, string> revoked, CancellationToken cancellationToken)
    {
        var authority = await LoadAuthorityAsync(RequireKeys(), (await runtime.ClusterKey.CurrentAsync(cancellationToken)).Key, cancellationToken);
        await runtime.Feed.RefreshAsync(cancellationToken);
        var record = runtime.Operations.FindNode(node);
        var (_, unchanged, writes) = await RevokeAsync(revoked(record.Value) is { Length: > 0 } serial ? [serial] : [], authority, cancellationToken);
        await RequireCommittedAsync(runtime.Registry.Store.CommitAsync(
            new([new(RegistryKeys.Node(node), record.Revision), .. unchanged], [new(RegistryKeys.Node(node), RegistryJson.Encode(change(record.Value), RegistryJson.Default.NodeRecord)), .. writes]), cancellationToken));
        await runtime.Feed.RefreshAsync(cancellationToken);
    }

    /// <summary>The authority's certificate, which anybody may see: a joining node compares it with its token's fingerprint.</summary>
    public string AuthorityPem() => RequireKeys().LoadAuthority().ExportCertificatePem();

    private static async Task<EtcdMember?> FindMemberAsync(EtcdCluster etcd, string address, CancellationToken cancellationToken)
    {
        var url = new Uri(EtcdSupervisor.PeerUrl(address));
        return (await etcd.MembersAsync(cancellationToken)).FirstOrDefault(member => member.PeerAddresses.Contains(url));
    }

    private NodeKeys RequireKeys() => runtime.Keys
        ?? throw new HoldfastException(ErrorKind.Conflict, "cluster.single-node", "This cluster of one machine keeps its records in a file of its own; no other node can join it.", "Create a cluster with 'holdfast cluster create --address …' instead.");

    private async Task<(StoreCondition[] Unchanged, StoreWrite[] Writes)> RevokeAsync(NodeRecord node, CancellationToken cancellationToken)
    {
        if (runtime.Keys is not { } keys) return ([], []);
        var (_, unchanged, writes) = await RevokeAsync(node.Serials(), await LoadAuthorityAsync(keys, (await runtime.ClusterKey.CurrentAsync(cancellationToken)).Key, cancellationToken), cancellationToken);
        return (unchanged, writes);
    }

    /// <summary>What is revoked once these serial numbers are too, and what a commit of that compares and writes; nothing to write when there is none.</summary>
    private async Task<(RevocationRecord? Revoked, StoreCondition[] Unchanged, StoreWrite[] Writes)> RevokeAsync(IReadOnlyList<string> serials, ClusterAuthority authority, CancellationToken cancellationToken)
    {
        var found = await runtime.Registry.FindAsync(RegistryKeys.Revoked, RegistryJson.Default.RevocationRecord, cancellationToken);
        if (serials.Count == 0) return (found?.Value, [], []);
        var next = authority.Revoke(found?.Value, serials, time.GetUtcNow());
        return (next, [new(RegistryKeys.Revoked, found?.Revision ?? 0)], [new(RegistryKeys.Revoked, RegistryJson.Encode(next, RegistryJson.Default.RevocationRecord))]);
    }

    private async Task<ClusterAuthority> LoadAuthorityAsync(NodeKeys keys, byte[] clusterKey, CancellationToken cancellationToken)
    {
        var secret = await runtime.Registry.FindAsync(RegistryKeys.AuthorityKey, RegistryJson.Default.SealedSecret, cancellationToken)
            ?? throw new HoldfastException(ErrorKind.Unavailable, "trust.no-authority", "The store does not hold the key of the cluster's authority.", "Restore the store from a backup.");
        return keys.OpenAuthority(clusterKey, secret.Value);
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
