using System.Collections.Immutable;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Membership;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Settings;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Etcd;
using Holdfast.Store.Postgres;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Recovery;

/// <summary>
/// Lets the cluster go on when the majority of its voters is gone for good: this voter's copy of the store begins anew as another
/// store, with this node as its only voter (leases rule 17; docs/design/recovery.md). Until the last step nothing of the old store is changed.
/// </summary>
internal sealed class ClusterRecovery(NodeRuntime runtime, AgentOptions options, ILeash leash, EventJournal journal, INodeClock clock, TimeProvider time)
{
    /// <summary>How long the store must have been silent: an election, or a member that starts, must not look like the end.</summary>
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Recovers; <paramref name="tell"/> is given each step that was done.</summary>
    /// <exception cref="HoldfastException">Codes <c>recover.*</c>: why it must not be done, or not here.</exception>
    public async Task<string> RecoverAsync(Func<string, Task> tell, CancellationToken cancellationToken)
    {
        if (runtime is { Identity.Store: StoreKind.Postgres, Keys: { } trusted }) return await RecoverDatabaseAsync(new PostgresOptions { Address = PostgresAddress.Parse(trusted.LoadStoreAddress()) }, tell, cancellationToken);
        if (runtime is not { Etcd: { } etcd, Keys: { } keys })
            throw new HoldfastException(ErrorKind.Conflict, "recover.no-member", $"Node {runtime.Node} has no copy of the store.", $"Run this on a node that votes: {string.Join(", ", runtime.Identity.Voters)}.");
        await RequireLostAsync(cancellationToken);
        await tell($"the store did not answer for {SilentFor.TotalSeconds:0} s");
        await EndIncarnationAsync(cancellationToken);
        await tell("made sure that nothing runs on this node");

        await runtime.MemberTurn.WaitAsync(cancellationToken); // Not given back when it succeeds: nobody may start a member of the old store any more.
        var ran = await etcd.IsRunningAsync(CancellationToken.None);
        await etcd.StopAsync(CancellationToken.None);
        var shutSince = clock.Now;
        var copy = Path.Combine(options.StateDirectory, "recovery");
        try
        {
            var old = await ReadCopyAsync(etcd, copy, cancellationToken);
            var view = ViewBuilder.From(old);
            var settings = view.Settings ?? throw new HoldfastException(ErrorKind.Unavailable, "recover.empty", "This node's copy of the store holds no cluster.", "Recover on another voter, or create a cluster anew and restore a backup into it.");
            await tell($"read this node's copy of the store, {old.Records.Count} records as of revision {old.Revision}");

            var lost = view.Nodes.Values.Select(node => node.Value).Where(node => node is { Voter: true, Intent: not NodeIntent.Evicted } && node.Name != runtime.Node).ToList();
            var generation = Generations.Fresh(Math.Max(settings.Generation, runtime.Identity.Generation), time.GetUtcNow());
            var revoked = Revoke(old, keys, lost);
            var rebirth = new StoreRebirth(runtime.Node, generation)
            {
                Lost = [.. lost.Select(node => node.Name)],
                Replaced = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty.Add(RegistryKeys.Revoked, RegistryJson.Encode(revoked, RegistryJson.Default.RevocationRecord)),
            };
            var shutFor = StoreRebirth.ShutFor(old, runtime.Profile);
            while (clock.Now.ObservedSince(shutSince) < shutFor) await Task.Delay(Poll, time, cancellationToken);
            await tell($"kept the store shut until every lease was over, {shutFor.TotalMilliseconds:0} ms");

            var identity = FreshEtcd.IdentityOf(runtime.Identity, generation);
            await new FreshEtcd(options, leash, journal, time).FillAsync(identity, keys, runtime.Profile, rebirth, old, cancellationToken);
            keys.InstallRevocations(revoked.List);
            identity.Save(options.StateDirectory); // From here on this is the store.
            journal.Add("cluster.recovered", $"The cluster was recovered from this node's copy of the store, in generation {generation}, without {Names(lost)}.");
            return $"The cluster goes on with {runtime.Node} as its only voter, in generation {generation}. {Names(lost)} {(lost.Count == 1 ? "is" : "are")} not part of it any more: clear their state folders and join them again. Roles whose disk needs an operator's word wait for 'holdfast node confirm-down'.";
        }
        catch
        {
            await etcd.StopAsideAsync();
            if (ran) await etcd.EnsureRunningAsync(CancellationToken.None); // As if nothing had been asked.
            runtime.MemberTurn.Release();
            throw;
        }
        finally
        {
            if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>A shared database that was promoted or restored begins anew as it is now: nobody is lost, but what it acknowledged may be.</summary>
    private async Task<string> RecoverDatabaseAsync(PostgresOptions database, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        await RequireLostAsync(cancellationToken);
        await tell($"the store could not be used for {SilentFor.TotalSeconds:0} s");
        await EndIncarnationAsync(cancellationToken);
        await tell("made sure that nothing runs on this node");

        var shutSince = clock.Now;
        var old = await PostgresDatabase.ReadRefusedAsync(database, cancellationToken);
        if (ViewBuilder.From(old).Settings is not { } settings)
            throw new HoldfastException(ErrorKind.Unavailable, "recover.empty", $"The database {database.Address} holds no cluster.", "Restore the database from a backup of its own, or create a cluster anew and restore a backup into it.");
        var generation = Generations.Fresh(Math.Max(settings.Generation, runtime.Identity.Generation), time.GetUtcNow());
        var shutFor = StoreRebirth.ShutFor(old, runtime.Profile);
        while (clock.Now.ObservedSince(shutSince) < shutFor) await Task.Delay(Poll, time, cancellationToken);
        await tell($"kept the store shut until every lease was over, {shutFor.TotalMilliseconds:0} ms");

        await PostgresDatabase.AdoptAsync(database, old, new StoreRebirth(runtime.Node, generation).Records(old), cancellationToken);
        journal.Add("cluster.recovered", $"The database {database.Address} was taken for the cluster's store as it is now, in generation {generation}.");
        return $"The cluster goes on with the database as it is now, in generation {generation}. Roles whose disk needs an operator's word wait for 'holdfast node confirm-down'.";
    }

    private async Task RequireLostAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        do
        {
            try
            {
                await runtime.Registry.Store.ReadAsync(RegistryKeys.Settings, cancellationToken);
                throw new HoldfastException(ErrorKind.Conflict, "recover.not-needed", "The store answers: most of its voters are there.", "To take a node out that is gone, use 'holdfast node evict'.");
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(Poll, time, cancellationToken);
            }
        }
        while (time.GetElapsedTime(since) < SilentFor);

        // A node that is cut off from the store must not take the others for lost when only etcd's ports are in the way.
        var answers = await LeftBehind.AskAsync(runtime, TimeSpan.FromSeconds(3), cancellationToken);
        if (answers.FirstOrDefault(answer => answer.Standing.Quorate).Address is { } quorate)
            throw new HoldfastException(ErrorKind.Conflict, "recover.cut-off", $"The voter at {quorate} reaches the store: it is this node that is cut off.", $"Mend the way from here to {quorate}, ports {EtcdSupervisor.ClientPort} and {EtcdSupervisor.PeerPort}.");
    }

    private async Task EndIncarnationAsync(CancellationToken cancellationToken)
    {
        var held = await leash.GetStateAsync(cancellationToken);
        if (held.Incarnation != 0 && !held.Expired) await leash.ExpireAsync(held.Incarnation, "the cluster is being recovered", cancellationToken);
        using var limit = new CancellationTokenSource(StartLimit, time);
        while (await leash.GetStateAsync(cancellationToken) is { Incarnation: not 0, Clean: false })
        {
            if (limit.IsCancellationRequested) throw new HoldfastException(ErrorKind.Conflict, "recover.not-clean", "Something that this node ran for the cluster could not be ended.", "See 'holdfast events'; restart the machine and try again.");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private async Task<StoreView> ReadCopyAsync(EtcdSupervisor etcd, string copy, CancellationToken cancellationToken)
    {
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        Copy(etcd.DataDirectory, copy);
        await etcd.StartAsideAsync(copy, alone: true, cancellationToken);
        StoreView old;
        await using (var store = new EtcdClusterStore(etcd.AsideOptions))
        {
            await ClusterFounding.WaitForStoreAsync(store, time, StartLimit, cancellationToken);
            old = await store.ReadAsync("", cancellationToken);
        }

        await etcd.StopAsideAsync();
        return old;
    }

    private RevocationRecord Revoke(StoreView old, NodeKeys keys, IReadOnlyCollection<NodeRecord> lost)
    {
        var before = old.Records.TryGetValue(RegistryKeys.Revoked, out var record) ? RegistryJson.Decode(record.Value, RegistryJson.Default.RevocationRecord) : null;
        var authority = keys.OpenAuthority(keys.LoadClusterKey(), RegistryJson.Decode(old.Records[RegistryKeys.AuthorityKey].Value, RegistryJson.Default.SealedSecret));
        return authority.Revoke(before, lost.SelectMany(node => node.Serials()), time.GetUtcNow());
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    private static string Names(IReadOnlyCollection<NodeRecord> nodes) => nodes.Count == 0 ? "nobody" : string.Join(" and ", nodes.Select(node => node.Name));
}
