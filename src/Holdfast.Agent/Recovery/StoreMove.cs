using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Membership;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Settings;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Postgres;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Recovery;

/// <summary>
/// Moves a cluster of one machine from its embedded store to one that other nodes can share, with its configuration: roles stop here,
/// and start again from the new store, which begins like any other that follows an older record (leases rule 17).
/// </summary>
internal sealed class StoreMove(NodeRuntime runtime, AgentOptions options, ILeash leash, EventJournal journal, INodeClock clock, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Refuses what cannot be moved; nothing has happened then.</summary>
    /// <exception cref="HoldfastException">Codes <c>store.not-embedded</c>, <c>store.development</c>, <c>address.*</c>, <c>store.address-invalid</c>.</exception>
    public void Require(MoveStoreRequest request)
    {
        if (runtime.Identity.Store != StoreKind.Embedded)
            throw new HoldfastException(ErrorKind.Conflict, "store.not-embedded", $"Cluster {runtime.Identity.ClusterName} has a shared store already.", "Back it up, create a cluster on the other store, and restore the backup there.");
        if (options.Development)
            throw new HoldfastException(ErrorKind.Conflict, "store.development", "A cluster that 'holdfast dev' made stays on its one machine.", "Back it up, create a cluster, and restore the backup there.");
        LocalAddress.Require(request.Address);
        if (request.Store is { } database) PostgresAddress.Parse(database);
    }

    /// <summary>Moves the store; <paramref name="tell"/> is given each step that was done. This agent has to end afterwards, whatever came of it: it holds no lease any more.</summary>
    public async Task<string> MoveAsync(MoveStoreRequest request, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        runtime.Suspend("its store is being moved");
        await runtime.Keeper.EndCleanAsync(cancellationToken);
        var shutSince = clock.Now;
        await tell("stopped everything that ran on this node");

        var before = await runtime.Registry.Store.ReadAsync("", cancellationToken);
        var view = ViewBuilder.From(before);
        var settings = view.Settings ?? throw new StoreUnavailableException("The store holds no cluster yet.");
        var generation = Generations.Fresh(settings.Generation, time.GetUtcNow());
        var at = runtime.Identity with { Address = request.Address };
        var identity = request.Store is null ? FreshEtcd.IdentityOf(at, generation) : at with { Store = StoreKind.Postgres, Voter = false, Voters = [], Generation = generation, StoreId = null };
        var trust = StoreFollower.TrustFolder(options);
        try
        {
            var (keys, certificate, records) = ClusterFounding.MakeTrust(options, identity, time.GetUtcNow());
            using (certificate)
            {
                var rebirth = new StoreRebirth(runtime.Node, generation)
                {
                    Lossless = true,
                    Replaced = records.Append(new(RegistryKeys.Node(runtime.Node), RegistryJson.Encode(ClusterFounding.FirstNode(identity, certificate) with { Settings = view.Nodes.GetValueOrDefault(runtime.Node).Value?.Settings }, RegistryJson.Default.NodeRecord)))
                        .ToImmutableDictionary(write => write.Key, write => write.Value!.Value),
                };
                await tell("made the cluster's certificate authority");
                var shutFor = StoreRebirth.ShutFor(before, runtime.Profile);
                while (clock.Now.ObservedSince(shutSince) < shutFor) await Task.Delay(Poll, time, cancellationToken);

                if (request.Store is null) await new FreshEtcd(options, leash, journal, time).FillAsync(identity, keys, runtime.Profile, rebirth, before, cancellationToken);
                else await FillDatabaseAsync(PostgresAddress.Parse(request.Store), rebirth, before, cancellationToken);
                if (request.Store is { } database) keys.InstallStoreAddress(database);
                if ((await runtime.Registry.Store.ReadAsync("", cancellationToken)).Revision != before.Revision)
                    throw new HoldfastException(ErrorKind.Conflict, "store.conflict", "Somebody changed the configuration while it was moved; nothing was moved.", "Try again.");
            }

            identity.Save(options.StateDirectory); // From here on that is the store.
        }
        catch
        {
            if (Directory.Exists(trust)) Directory.Delete(trust, recursive: true);
            throw;
        }

        journal.Add("store.moved", $"The cluster's {before.Records.Count} records were moved to {(request.Store is null ? "etcd" : "the database")}, in generation {generation}.");
        return $"Cluster {identity.ClusterName} keeps its records in {(request.Store is null ? "etcd on this node" : "the database")} now; other nodes can join it at {identity.Address}. The old store is left in {Path.Combine(options.StateDirectory, "store.db")}: delete it when everything is well.";
    }

    private static async Task FillDatabaseAsync(PostgresAddress address, StoreRebirth rebirth, StoreView before, CancellationToken cancellationToken)
    {
        var database = new PostgresOptions { Address = address };
        await PostgresDatabase.PrepareAsync(database, cancellationToken);
        await using var store = new PostgresClusterStore(database);
        foreach (var transaction in rebirth.Transactions(before))
        {
            if (await store.CommitAsync(transaction, cancellationToken) is not CommitOutcome.Committed)
                throw new HoldfastException(ErrorKind.Conflict, "cluster.exists", $"The database {address} already holds a cluster, or did not take the records.", "Use another database, or drop its schema holdfast.");
        }
    }
}
