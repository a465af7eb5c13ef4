using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Settings;
using Holdfast.Cluster.Upgrades;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Embedded;
using Holdfast.Store.Etcd;
using Holdfast.Store.Postgres;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Membership;

/// <summary>Makes this machine the first node of a new cluster. Either everything is done, or nothing is left.</summary>
internal sealed class ClusterFounding(AgentOptions options, ILeash leash, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan StoreLimit = TimeSpan.FromSeconds(30);

    /// <summary>Founds the cluster; <paramref name="tell"/> is given each step that was done.</summary>
    /// <exception cref="HoldfastException">What is wrong with the request, or what could not be done.</exception>
    public async Task<NodeIdentity> FoundAsync(CreateClusterRequest request, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var node = new NodeName(request.Node);
        EntityName.Require(request.Name, "cluster");
        var profile = TimingProfile.Find(request.Profile);
        if (profile.BrokenRules() is [var broken, ..]) throw new HoldfastException(ErrorKind.Invalid, "profile.impossible", broken, "Choose another profile.");
        if (!request.SingleNode) LocalAddress.Require(request.Address);
        StoreWrite[] first = request.Management ? [new(RegistryKeys.Role(ManagementRole.Name), RegistryJson.Encode(ManagementRole.Declared(request.ManagementAddress), RegistryJson.Default.RoleSpec))] : [];

        var database = request.Store is null ? null : PostgresAddress.Parse(request.Store);
        if (database is not null && request.SingleNode) throw new HoldfastException(ErrorKind.Invalid, "store.two", "A cluster of one machine has a store of its own; it cannot have a database too.", "Leave one of the two out.");
        var kind = request.SingleNode ? StoreKind.Embedded : database is null ? StoreKind.Etcd : StoreKind.Postgres;
        var identity = new NodeIdentity
        {
            ClusterId = Guid.NewGuid().ToString("N"), ClusterName = request.Name, Node = node.Value, Address = request.Address,
            Store = kind, Voter = kind != StoreKind.Postgres, Voters = kind == StoreKind.Postgres ? [] : [request.Address], Profile = request.Profile,
            EtcdInitialCluster = kind == StoreKind.Etcd ? $"{node}={EtcdSupervisor.PeerUrl(request.Address)}" : null, EtcdInitialState = kind == StoreKind.Etcd ? "new" : null,
        };
        try
        {
            if (request.SingleNode) await FoundEmbeddedAsync(identity, node, first, cancellationToken);
            else if (database is not null) await FoundOnPostgresAsync(identity, node, database, first, tell, cancellationToken);
            else await FoundOnEtcdAsync(identity, node, profile, first, tell, cancellationToken);
            identity.Save(options.StateDirectory);
            return identity;
        }
        catch
        {
            await UndoAsync(options, leash);
            throw;
        }
    }

    /// <summary>Removes whatever an unfinished create left.</summary>
    private static async Task UndoAsync(AgentOptions options, ILeash leash)
    {
        NodeIdentity.Delete(options.StateDirectory);
        await RemoveMemberAsync(options, leash);
        Remove(StoreFollower.TrustFolder(options));
    }

    /// <summary>Ends the member of etcd that an unfinished create left here, and removes its data.</summary>
    public static async Task RemoveMemberAsync(AgentOptions options, ILeash leash)
    {
        await leash.StopAsync(EtcdSupervisor.Unit, 9, TimeSpan.Zero, CancellationToken.None);
        foreach (var folder in Directory.EnumerateDirectories(options.StateDirectory, "etcd*")) Remove(folder);
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    /// <summary>Waits until the store answers.</summary>
    public static async Task WaitForStoreAsync(IClusterStore store, TimeProvider time, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, time);
        while (true)
        {
            try
            {
                await store.ReadAsync(RegistryKeys.Settings, cancellationToken);
                return;
            }
            catch (StoreUnavailableException) when (!deadline.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }
    }

    private async Task FoundEmbeddedAsync(NodeIdentity identity, NodeName node, StoreWrite[] first, CancellationToken cancellationToken)
    {
        await using var store = SqliteClusterStore.Open(options.StateDirectory);
        await WriteFirstRecordsAsync(store, identity, node, null, first, cancellationToken);
    }

    private async Task FoundOnEtcdAsync(NodeIdentity identity, NodeName node, TimingProfile profile, StoreWrite[] first, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var (keys, certificate, trust) = MakeTrust(options, identity, time.GetUtcNow());
        await tell("made the cluster's certificate authority");

        await new EtcdSupervisor(identity, keys, options.StateDirectory, profile, leash, time, journal).EnsureRunningAsync(cancellationToken);
        await using var store = new EtcdClusterStore(StoreFollower.OptionsFor(identity, keys, identity.Voters));
        await WaitForStoreAsync(store, time, StoreLimit, cancellationToken);
        await tell("started the first member of etcd");

        await WriteFirstRecordsAsync(store, identity, node, certificate, [.. trust, .. first], cancellationToken);
        await tell("wrote the cluster's first records");
    }

    private async Task FoundOnPostgresAsync(NodeIdentity identity, NodeName node, PostgresAddress database, StoreWrite[] first, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var postgres = new PostgresOptions { Address = database };
        await PostgresDatabase.PrepareAsync(postgres, cancellationToken);
        await tell($"prepared the database {database}");
        var (keys, certificate, trust) = MakeTrust(options, identity, time.GetUtcNow());
        keys.InstallStoreAddress(database.Text);
        await tell("made the cluster's certificate authority");

        await using var store = new PostgresClusterStore(postgres);
        await WriteFirstRecordsAsync(store, identity, node, certificate, [.. trust, .. first], cancellationToken);
        await tell("wrote the cluster's first records");
    }

    /// <summary>Makes the cluster's authority and keys, and this node's certificate.</summary>
    /// <returns>The keys, the certificate, and what the store has to hold of it.</returns>
    public static (NodeKeys Keys, X509Certificate2 Certificate, StoreWrite[] Records) MakeTrust(AgentOptions options, NodeIdentity identity, DateTimeOffset now)
    {
        var (keys, node) = (new NodeKeys(StoreFollower.TrustFolder(options)), new NodeName(identity.Node));
        var authority = ClusterAuthority.Create(identity.ClusterName, now);
        var certificate = authority.Sign(keys.Request(node), node, identity.Address, now);
        var clusterKey = RandomNumberGenerator.GetBytes(32);
        var revoked = authority.Revoke(null, [], now);
        keys.Install(authority.Certificate.ExportCertificatePem(), certificate.ExportCertificatePem(), clusterKey, revoked.List);
        return (keys, certificate,
        [
            new(RegistryKeys.AuthorityKey, RegistryJson.Encode(NodeKeys.Seal(clusterKey, authority.ExportKey(), RegistryKeys.AuthorityName), RegistryJson.Default.SealedSecret)),
            new(RegistryKeys.Revoked, RegistryJson.Encode(revoked, RegistryJson.Default.RevocationRecord)),
        ]);
    }

    /// <summary>The record of a cluster's first node.</summary>
    public static NodeRecord FirstNode(NodeIdentity identity, X509Certificate2? certificate) => new()
    {
        Name = new NodeName(identity.Node), Kind = NodeKind.Member, Voter = identity.Voter, Address = identity.Address, ApiPort = identity.ApiPort, Intent = NodeIntent.Active,
        CertificateFingerprint = certificate?.GetCertHashString(HashAlgorithmName.SHA256) ?? "", CertificateSerial = certificate?.SerialNumber ?? "",
        PublicKey = certificate is null ? null : Convert.ToBase64String(certificate.PublicKey.ExportSubjectPublicKeyInfo()),
    };

    private static async Task WriteFirstRecordsAsync(IClusterStore store, NodeIdentity identity, NodeName node, X509Certificate2? certificate, IEnumerable<StoreWrite> trust, CancellationToken cancellationToken)
    {
        var settings = new ClusterSettings { Id = identity.ClusterId, Name = identity.ClusterName, Profile = identity.Profile, Generation = 1, Format = RecordFormat.Newest };
        List<StoreWrite> writes =
        [
            new(RegistryKeys.Settings, RegistryJson.Encode(settings, RegistryJson.Default.ClusterSettings)),
            new(RegistryKeys.Node(node), RegistryJson.Encode(FirstNode(identity, certificate), RegistryJson.Default.NodeRecord)),
            .. trust,
        ];
        if (await store.CommitAsync(new([new(RegistryKeys.Settings, 0)], [.. writes]), cancellationToken) is not CommitOutcome.Committed)
            throw new HoldfastException(ErrorKind.Conflict, "cluster.exists", "The store already holds a cluster, or did not take the first records.", "Join the cluster instead, or clear the state folder (for a database: its schema holdfast).");
    }
}
