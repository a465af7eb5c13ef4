using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Store.Etcd;

namespace Holdfast.Store.Tests.Etcd;

public sealed class EtcdClusterTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Members_are_listed_and_asked_and_leadership_moves()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(3, tls: false);
        using var etcd = new EtcdCluster(cluster.Options);
        var (leader, next) = (await cluster.LeaderAsync(), (await cluster.LeaderAsync() + 1) % 3);

        var members = await etcd.MembersAsync(None);
        var target = await etcd.StatusAsync(cluster.Clients[next], None);
        await etcd.MoveLeaderAsync(cluster.Clients[leader], target.MemberId, None);
        var after = await etcd.StatusAsync(cluster.Clients[next], None);

        Assert.Equal(["m0", "m1", "m2"], members.Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(cluster.Clients.Order(Comparer<Uri>.Create(static (a, b) => a.Port - b.Port)), members.SelectMany(member => member.ClientAddresses).Order(Comparer<Uri>.Create(static (a, b) => a.Port - b.Port)));
        Assert.StartsWith("3.", target.Version, StringComparison.Ordinal);
        Assert.True(target.DatabaseBytes > 0 && target.RaftTerm > 0);
        Assert.Equal(target.MemberId, after.LeaderId);
    }

    [Fact]
    public async Task A_member_is_added_readdressed_and_removed()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(3, tls: true);
        using var etcd = new EtcdCluster(cluster.Options);
        var ports = EtcdTestCluster.FreePorts(2);

        var (added, all) = await AddWhenSettledAsync(etcd, new Uri($"https://127.0.0.1:{ports[0]}"));
        await etcd.UpdateMemberAsync(added.Id, [new Uri($"https://127.0.0.1:{ports[1]}")], None);
        var updated = (await etcd.MembersAsync(None)).Single(member => member.Id == added.Id);
        await etcd.RemoveMemberAsync(added.Id, None);

        Assert.Equal(4, all.Length);
        Assert.Equal("", updated.Name);
        Assert.Equal(ports[1], updated.PeerAddresses.Single().Port);
        Assert.Equal(3, (await etcd.MembersAsync(None)).Length);
        await etcd.RemoveMemberAsync(added.Id, None); // Gone already: no error.
        Assert.Equal("store.etcd", (await Assert.ThrowsAsync<HoldfastException>(() => etcd.UpdateMemberAsync(added.Id, updated.PeerAddresses, None))).Code);
    }

    [Fact]
    public async Task A_member_that_was_just_removed_is_added_again()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(1, tls: false);
        using var etcd = new EtcdCluster(cluster.Options);
        var address = new Uri($"http://127.0.0.1:{EtcdTestCluster.FreePorts(1)[0]}");
        var (first, _) = await AddWhenSettledAsync(etcd, address);

        await etcd.RemoveMemberAsync(first.Id, None);
        var (second, all) = await etcd.AddLearnerAsync(address, None);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(2, all.Length);
    }

    [Fact]
    public async Task Compaction_and_defragmentation_give_space_back()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(1, tls: false);
        await using var store = new EtcdClusterStore(cluster.Options);
        using var etcd = new EtcdCluster(cluster.Options);
        var last = 0L;
        for (var i = 0; i < 20; i++)
        {
            last = await store.MustCommitAsync(new StoreTransaction([], [new("a", new byte[1_000_000])]));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        EtcdStatus full, small;
        do full = await etcd.StatusAsync(cluster.Clients[0], limit.Token); // It writes its file in the background, some ten times a second.
        while (full.DatabaseBytes <= 15_000_000);

        await etcd.CompactAsync(last, None);
        do
        {
            // Compaction frees pages in the background.
            await etcd.DefragmentAsync(cluster.Clients[0], TimeSpan.FromSeconds(30), limit.Token);
            small = await etcd.StatusAsync(cluster.Clients[0], limit.Token);
        }
        while (small.DatabaseBytes > full.DatabaseBytes / 4);

        Assert.Empty(await etcd.AlarmsAsync(None));
    }

    [Fact]
    public async Task A_snapshot_is_whole_and_appears_only_when_it_is()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(1, tls: true);
        await using var store = new EtcdClusterStore(cluster.Options);
        using var etcd = new EtcdCluster(cluster.Options);
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "snapshot.db");
        await store.MustCommitAsync(new StoreTransaction([], [new("a", new byte[1_000_000])]));

        await etcd.SaveSnapshotAsync(cluster.Clients[0], path, None);

        Assert.True(new FileInfo(path).Length > 1_000_000);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => etcd.SaveSnapshotAsync(cluster.Clients[0], Path.Combine(folder.Path, "other.db"), cancelled.Token));
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task A_full_database_raises_an_alarm_that_can_be_disarmed()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(1, tls: false, "--quota-backend-bytes", "8000000");
        await using var store = new EtcdClusterStore(cluster.Options);
        using var etcd = new EtcdCluster(cluster.Options);
        var (outcome, last) = (default(CommitOutcome), 0L);
        // A commit may also be unknown because the disk was slow.
        for (var i = 0; i < 60 && !(outcome is CommitOutcome.Unknown { Reason: var reason } && reason.Contains("space", StringComparison.Ordinal)); i++)
        {
            outcome = await store.CommitAsync(new StoreTransaction([], [new("a", new byte[1_000_000])]), None);
            last = outcome is CommitOutcome.Committed committed ? committed.Revision : last;
        }

        var alarm = Assert.Single(await etcd.AlarmsAsync(None));
        await etcd.CompactAsync(last, None);
        await etcd.DefragmentAsync(cluster.Clients[0], TimeSpan.FromSeconds(30), None);
        await etcd.DisarmAsync(alarm, None);

        Assert.Contains("space", Assert.IsType<CommitOutcome.Unknown>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(EtcdAlarmKind.NoSpace, alarm.Kind);
        Assert.Empty(await etcd.AlarmsAsync(None));
        await store.MustCommitAsync(Transactions.Put("b", "1"));
    }

    [Fact]
    public async Task A_client_without_a_certificate_or_of_another_authority_is_refused_with_a_hint()
    {
        await using var cluster = await EtcdTestCluster.StartAsync(1, tls: true);
        await using var other = await EtcdTestCluster.StartAsync(1, tls: true);
        await using var bare = new EtcdClusterStore(cluster.Options with { ClientCertificate = null });
        await using var foreign = new EtcdClusterStore(other.Options with { Endpoints = cluster.Clients });

        var withoutCertificate = await Assert.ThrowsAsync<StoreUnavailableException>(() => bare.ReadAsync("", None));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => foreign.ReadAsync("", None));

        Assert.IsType<CommitOutcome.Unknown>(await bare.CommitAsync(Transactions.Put("a", "1"), None));
        Assert.True(withoutCertificate.Message.Contains("certificate", StringComparison.Ordinal), withoutCertificate.ToString());
    }

    // etcd refuses a new member until all others have been connected for five seconds.
    private static async Task<(EtcdMember Added, ImmutableArray<EtcdMember> All)> AddWhenSettledAsync(EtcdCluster etcd, Uri peer)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        while (true)
        {
            try
            {
                return await etcd.AddLearnerAsync(peer, limit.Token);
            }
            catch (StoreUnavailableException e) when (e.Message.Contains("unhealthy", StringComparison.Ordinal))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
            }
        }
    }
}
