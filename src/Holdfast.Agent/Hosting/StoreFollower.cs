using System.Collections.Immutable;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Trust;
using Holdfast.Cluster.Naming;
using Holdfast.Store;
using Holdfast.Store.Embedded;
using Holdfast.Store.Etcd;
using Holdfast.Store.Postgres;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Hosting;

/// <summary>
/// A node that only looks: its identity and keys, the connections to the store, and the feed. It is all that an agent has of its
/// node while it stands by: what commits, renews, plans or runs is made from it with the leash, by <see cref="NodeRuntime"/>.
/// </summary>
internal sealed class StoreFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly NodeName _node;

    /// <summary>Opens the store of this identity and follows it until disposed.</summary>
    public StoreFollower(NodeIdentity identity, AgentOptions options)
    {
        Identity = identity;
        _node = new NodeName(identity.Node);
        if (identity.Store == StoreKind.Etcd)
        {
            Keys = new NodeKeys(TrustFolder(options));
            EtcdOptions = OptionsFor(identity, Keys, identity.Voters);
            Store = new EtcdClusterStore(EtcdOptions);
        }
        else if (identity.Store == StoreKind.Postgres)
        {
            Keys = new NodeKeys(TrustFolder(options));
            Store = new PostgresClusterStore(new PostgresOptions { Address = PostgresAddress.Parse(Keys.LoadStoreAddress()) });
        }
        else
        {
            Store = SqliteClusterStore.Open(options.StateDirectory);
        }

        Feed = new ClusterFeed(Store, NodeClock.Instance, TimeProvider.System);
        Feed.StoreWentBack += Doubt;
        Following = Feed.RunAsync(_ending.Token);
    }

    public NodeIdentity Identity { get; private set; }

    /// <summary>Gets this node's keys; null with the embedded store, which speaks to nobody.</summary>
    public NodeKeys? Keys { get; }

    public EtcdOptions? EtcdOptions { get; }

    public IClusterStore Store { get; }

    public ClusterFeed Feed { get; }

    /// <summary>Gets the feed's loop; it ends only when this is disposed, or fails.</summary>
    public Task Following { get; }

    /// <summary>Gets which incarnation of this node was registered in a store that is not the present one, and why that is known (leases rule 17).</summary>
    public (long Incarnation, string Reason)? Doubted { get; private set; }

    /// <summary>Where the keys are.</summary>
    public static string TrustFolder(AgentOptions options) => Path.Combine(options.StateDirectory, "trust");

    /// <summary>How etcd is reached from a node: its own member first, then the other voters.</summary>
    public static EtcdOptions OptionsFor(NodeIdentity identity, NodeKeys keys, IEnumerable<string> voters) => new()
    {
        Endpoints = Endpoints(identity, voters),
        CurrentCertificate = () => keys.CurrentCertificate().TargetCertificate,
        ClusterAuthority = keys.LoadAuthority(),
    };

    /// <summary>Takes note that this node's member of etcd has another timing.</summary>
    public void UseProfile(string profile) => Identity = Identity with { Profile = profile };

    /// <summary>Reaches the store through these voters from now on.</summary>
    public void UseVoters(IEnumerable<string> voters)
    {
        if (Store is EtcdClusterStore etcd) etcd.UseEndpoints(Endpoints(Identity, voters));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        try
        {
            await Following;
        }
        finally
        {
            await Store.DisposeAsync();
            _ending.Dispose();
        }
    }

    private static ImmutableArray<Uri> Endpoints(NodeIdentity identity, IEnumerable<string> voters)
    {
        var others = voters.Where(address => !identity.Voter || address != identity.Address).Select(address => new Uri(EtcdSupervisor.ClientUrl(address)));
        return identity.Voter ? [new Uri(EtcdSupervisor.ClientUrl("127.0.0.1")), .. others] : [.. others];
    }

    /// <summary>The agent that controls sees it too, unless it dies before: then this is the only one that knows.</summary>
    private void Doubt(string reason)
    {
        if (Feed.Current is { } before && before.View.Leases.TryGetValue(_node, out var lease)) Doubted = (lease.Value.Incarnation, reason);
    }
}
