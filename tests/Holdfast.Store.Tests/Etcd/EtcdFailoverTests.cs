using System.Diagnostics;
using Holdfast.Store.Etcd;
using Xunit.Abstractions;

namespace Holdfast.Store.Tests.Etcd;

/// <summary>Three members, and what happens to calls and watches when some of them go.</summary>
public sealed class EtcdFailoverTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private EtcdTestCluster _cluster = null!;
    private EtcdClusterStore _store = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EtcdTestCluster.StartAsync(3, tls: false);
        _store = new EtcdClusterStore(_cluster.Options);
        await _store.MustCommitAsync(Transactions.Put("start", "1"));
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task When_the_preferred_member_is_killed_calls_go_on_through_another_within_the_deadline()
    {
        var follower = (await _cluster.LeaderAsync() + 1) % 3;
        await using var store = await PreferringAsync(follower);
        await store.MustCommitAsync(Transactions.Put("a", "1"));

        _cluster.Member(follower).Kill();
        var read = await Measured(() => store.ReadAsync("", None));
        var commit = await Measured(() => store.CommitAsync(Transactions.Put("a", "2"), None));

        Assert.Equal("1", read.Result.Records["a"].Value.Text());
        Assert.IsType<CommitOutcome.Committed>(commit.Result);
        Assert.InRange(read.Time + commit.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_commit_on_an_idle_connection_takes_milliseconds()
    {
        await using var store = await PreferringAsync(await _cluster.LeaderAsync());
        var times = new List<TimeSpan>();
        for (var i = 0; i < 60; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System); // Idle, like a lease keeper between renewals.
            times.Add((await Measured(() => store.CommitAsync(Transactions.Put("a", $"{i}"), None))).Time);
        }

        times.Sort();
        output.WriteLine($"p50 {times[30].TotalMilliseconds:0.0} ms, p95 {times[57].TotalMilliseconds:0.0} ms, worst {times[59].TotalMilliseconds:0.0} ms");
        Assert.InRange(times[30], TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task When_the_leader_is_killed_commits_through_a_survivor_go_on_right_after_the_election()
    {
        var leader = await _cluster.LeaderAsync();
        await using var store = await PreferringAsync((leader + 1) % 3);
        await store.MustCommitAsync(Transactions.Put("a", "1"));

        _cluster.Member(leader).Kill();
        var commit = await CommitUntilKnownAsync(store, "a", "2");

        // What was forwarded to the dead leader is lost; waiting out the commit time-out for it would take 2 seconds.
        Assert.InRange(commit.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        output.WriteLine($"A commit was possible {commit.Time.TotalMilliseconds:0} ms after the leader was killed.");
        Assert.Equal("2", (await store.ReadAsync("", None)).Records["a"].Value.Text());
    }

    [Fact]
    public async Task A_frozen_preferred_member_is_avoided_and_used_again_when_it_thaws()
    {
        var follower = (await _cluster.LeaderAsync() + 1) % 3;
        await using var store = await PreferringAsync(follower);
        await store.MustCommitAsync(Transactions.Put("a", "1"));

        _cluster.Member(follower).Stop();
        var read = await Measured(() => store.ReadAsync("", None));
        var commit = await CommitUntilKnownAsync(store, "a", "2");
        var warm = await Measured(() => store.CommitAsync(Transactions.Put("a", "3"), None));
        _cluster.Member(follower).Continue();

        output.WriteLine($"read {read.Time.TotalMilliseconds:0} ms, commit {commit.Time.TotalMilliseconds:0} ms, next {warm.Time.TotalMilliseconds:0} ms");
        Assert.InRange(read.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(commit.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        Assert.IsType<CommitOutcome.Committed>(warm.Result);
        Assert.InRange(warm.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        await PrefersAsync(store, _cluster.Clients[follower]);
        await store.MustCommitAsync(Transactions.Put("a", "4"));
    }

    [Fact]
    public async Task A_watch_on_a_killed_member_ends_at_once_and_goes_on_elsewhere_without_a_gap()
    {
        var follower = (await _cluster.LeaderAsync() + 1) % 3;
        await using var store = await PreferringAsync(follower);
        var start = (await store.ReadAsync("", None)).Revision;
        await using var watcher = new Watcher(store, "", start).Started();
        var first = await store.MustCommitAsync(Transactions.Put("a", "1"));
        Assert.Equal(first, (await watcher.NextChangeAsync()).Revision);
        watcher.Started();

        _cluster.Member(follower).Kill();
        var lost = await Measured(() => Assert.ThrowsAsync<StoreUnavailableException>(watcher.NextChangeAsync));
        var second = await store.MustCommitAsync(Transactions.Put("a", "2"));
        await using var again = new Watcher(store, "", first);

        Assert.InRange(lost.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(second, (await again.NextChangeAsync()).Revision);
    }

    [Fact]
    public async Task A_watch_on_a_member_that_falls_silent_ends_within_seconds()
    {
        var follower = (await _cluster.LeaderAsync() + 1) % 3;
        await using var store = await PreferringAsync(follower);
        await using var watcher = new Watcher(store, "", (await store.ReadAsync("", None)).Revision).Started();
        var first = await store.MustCommitAsync(Transactions.Put("a", "1"));
        Assert.Equal(first, (await watcher.NextChangeAsync()).Revision);
        watcher.Started();

        _cluster.Member(follower).Stop();
        var lost = await Measured(() => Assert.ThrowsAsync<StoreUnavailableException>(watcher.NextChangeAsync));
        _cluster.Member(follower).Continue();

        output.WriteLine($"lost after {lost.Time.TotalMilliseconds:0} ms");
        Assert.Contains("no sign of life", lost.Result.Message, StringComparison.Ordinal); // Not only by the slower HTTP/2 ping.
        Assert.InRange(lost.Time, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task An_idle_watch_is_not_mistaken_for_a_dead_one()
    {
        await using var store = new EtcdClusterStore(_cluster.Options with { WatchProbeInterval = TimeSpan.FromMilliseconds(50) });
        await using var watcher = new Watcher(store, "", (await store.ReadAsync("", None)).Revision).Started();

        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System); // Idleness is the thing tested: eighty probes long.
        var written = await store.MustCommitAsync(Transactions.Put("a", "1"));

        Assert.Equal(written, (await watcher.NextChangeAsync()).Revision);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_quorum_everything_says_so_promptly_and_works_again_when_it_is_back(bool freeze)
    {
        var start = (await _store.ReadAsync("", None)).Revision;
        await using var watcher = new Watcher(_store, "", start).Started();
        await _store.MustCommitAsync(Transactions.Put("a", "1"));
        await watcher.NextChangeAsync();
        watcher.Started();

        foreach (var index in new[] { 1, 2 })
        {
            if (freeze)
            {
                _cluster.Member(index).Stop();
            }
            else
            {
                _cluster.Member(index).Kill();
            }
        }

        var read = await Measured(() => Assert.ThrowsAsync<StoreUnavailableException>(() => _store.ReadAsync("", None)));
        var watch = await Measured(() => Assert.ThrowsAsync<StoreUnavailableException>(watcher.NextChangeAsync));
        var commit = await Measured(() => _store.CommitAsync(Transactions.Put("a", "2"), None));

        output.WriteLine($"read {read.Time.TotalMilliseconds:0} ms, watch {(read.Time + watch.Time).TotalMilliseconds:0} ms, commit {commit.Time.TotalMilliseconds:0} ms");
        Assert.InRange(read.Time, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(read.Time + watch.Time, TimeSpan.Zero, TimeSpan.FromSeconds(40));
        Assert.IsType<CommitOutcome.Unknown>(commit.Result);
        Assert.InRange(commit.Time, TimeSpan.Zero, TimeSpan.FromSeconds(20));

        foreach (var index in new[] { 1, 2 })
        {
            if (freeze)
            {
                _cluster.Member(index).Continue();
            }
            else
            {
                _cluster.StartMember(index);
            }
        }

        await _cluster.ReadyAsync();
        await CommitUntilKnownAsync(_store, "a", "3");
        Assert.Equal("3", (await _store.ReadAsync("", None)).Records["a"].Value.Text());
    }

    [Fact]
    public async Task With_no_member_at_all_a_commit_is_unknown_and_a_read_unavailable()
    {
        var ports = EtcdTestCluster.FreePorts(2);
        await using var store = new EtcdClusterStore(_cluster.Options with { Endpoints = [.. ports.Select(port => new Uri($"http://127.0.0.1:{port}"))] });

        var commit = await Measured(() => store.CommitAsync(Transactions.Put("a", "1"), None));

        Assert.IsType<CommitOutcome.Unknown>(commit.Result);
        Assert.InRange(commit.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync("", None));
        await using var watcher = new Watcher(store, "", 1);
        await Assert.ThrowsAsync<StoreUnavailableException>(watcher.NextAsync);
    }

    [Fact]
    public async Task An_unreachable_member_does_not_hold_up_calls_to_the_others()
    {
        // TEST-NET-1 is routed to nobody; where it is refused at once the test still holds.
        var options = _cluster.Options with { Endpoints = [new Uri("http://192.0.2.1:2379"), .. _cluster.Clients] };
        await using var store = new EtcdClusterStore(options);

        var commit = await Measured(() => store.CommitAsync(Transactions.Put("a", "1"), None));
        var read = await Measured(() => store.ReadAsync("", None));

        Assert.IsType<CommitOutcome.Committed>(commit.Result);
        Assert.InRange(commit.Time, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(read.Time, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
    }

    private async Task<EtcdClusterStore> PreferringAsync(int index)
    {
        var store = new EtcdClusterStore(_cluster.Options with { Endpoints = [_cluster.Clients[index], .. _cluster.Clients.RemoveAt(index)] });
        await PrefersAsync(store, _cluster.Clients[index]);
        return store;
    }

    // After a heartbeat that was answered: before, a store only hopes that its endpoints are well.
    private static async Task PrefersAsync(EtcdClusterStore store, Uri endpoint)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await store.ReadAsync("", limit.Token);
        while (!store.Prefers(endpoint))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }

    // What a caller does: after Unknown it looks, and tries again if it did not happen.
    private static async Task<(long Result, TimeSpan Time)> CommitUntilKnownAsync(EtcdClusterStore store, string key, string value) => await Measured(async () =>
    {
        while (true)
        {
            if (await store.CommitAsync(Transactions.Put(key, value), None) is CommitOutcome.Committed committed)
            {
                return committed.Revision;
            }

            await Task.Yield();
        }
    });

    private static async Task<(T Result, TimeSpan Time)> Measured<T>(Func<Task<T>> call)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await call();
        return (result, Stopwatch.GetElapsedTime(start));
    }
}
