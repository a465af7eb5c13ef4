using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Store.Postgres;

namespace Holdfast.Store.Tests.Postgres;

/// <summary>A database that restarts is the same store; one that was promoted, or that does not wait for its standby, is none (leases rule 18).</summary>
public sealed class PostgresFailoverTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly PostgresServer _server = new();
    private readonly List<PostgresServer> _standbys = [];
    private string _schema = "";

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync()
    {
        _standbys.ForEach(standby => standby.Dispose());
        _server.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_restarted_database_is_no_other_store_and_lost_nothing_that_was_acknowledged()
    {
        await using var store = await OpenAsync(_server.Options());
        var before = await store.ReadAsync("", None);
        await using var watcher = new Watcher(store, "", before.Revision).Started();
        var written = await store.MustCommitAsync(Transactions.Put("a", "1"));
        Assert.Equal(written, (await watcher.NextChangeAsync()).Revision);

        _server.Kill();
        var lost = await store.CommitAsync(Transactions.Put("a", "2"), None);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync("", None));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await watcher.NextAsync());
        await _server.StartAsync();

        Assert.IsType<CommitOutcome.Unknown>(lost);
        var after = await store.ReadAsync("", None);
        Assert.Equal((before.StoreId, written), (after.StoreId, after.Revision));
        Assert.Equal(written + 1, await store.MustCommitAsync(Transactions.Put("a", "3").If("a", written)));
    }

    [Fact]
    public async Task A_promoted_standby_is_refused_until_it_is_taken_for_the_store_and_is_then_another()
    {
        var options = _server.Options();
        await using var store = await OpenAsync(options);
        await store.MustCommitAsync(Transactions.Put("a", "1"));
        var before = await store.ReadAsync("", None);
        var standby = await StandbyAsync("s1");
        await PostgresServer.UntilAsync(async () => await standby.QueryAsync($"SELECT count(*) FROM {options.Schema}.records") is 1L);
        await standby.PromoteAsync();
        var promoted = standby.Options(options.Schema);
        await using var there = new PostgresClusterStore(promoted);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => there.ReadAsync("", None));
        Assert.Contains("holdfast cluster recover", error.Message, StringComparison.Ordinal);
        Assert.IsType<CommitOutcome.Unknown>(await there.CommitAsync(Transactions.Put("a", "2"), None));
        await using (var watcher = new Watcher(there, "", before.Revision)) await Assert.ThrowsAsync<StoreUnavailableException>(watcher.NextAsync);
        var refused = await PostgresDatabase.ReadRefusedAsync(promoted, None);
        Assert.Equal("1", refused.Records["a"].Value.Text());

        await PostgresDatabase.AdoptAsync(promoted, refused, refused.Records.ToImmutableSortedDictionary(record => record.Key, record => record.Value.Value, StringComparer.Ordinal), None);

        var after = await there.ReadAsync("", None);
        Assert.NotEqual(before.StoreId, after.StoreId);
        Assert.Equal("1", after.Records["a"].Value.Text());
        Assert.True(after.Revision > before.Revision);
        await there.MustCommitAsync(Transactions.Put("a", "2"));
        await using (var late = new Watcher(there, "", before.Revision)) await Assert.ThrowsAsync<StoreCompactedException>(late.NextAsync);
        Assert.Equal("1", (await store.ReadAsync("", None)).Records["a"].Value.Text()); // The old one is untouched: it must be off, says the operator.
    }

    [Fact]
    public async Task A_database_with_standbys_that_it_does_not_wait_for_is_refused()
    {
        await StandbyAsync("s1");

        var error = await Assert.ThrowsAsync<HoldfastException>(() => PostgresDatabase.PrepareAsync(_server.Options(), None));

        Assert.Equal("store.postgres-unsafe", error.Code);
        Assert.Contains("synchronous_standby_names", error.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_standby_nothing_is_acknowledged_nor_read_also_when_somebody_cancels_the_wait()
    {
        var standby = await StandbyAsync("s1");
        await SynchronousAsync("s1");
        var options = _server.Options();
        await using var store = await OpenAsync(options);
        var written = await store.MustCommitAsync(Transactions.Put("a", "1"));
        standby.Kill();
        await PostgresServer.UntilAsync(async () => await _server.QueryAsync("SELECT count(*) FROM pg_stat_replication") is 0L);
        await using var hasty = new PostgresClusterStore(options with { ReadTimeout = TimeSpan.FromMilliseconds(500), CommitTimeout = TimeSpan.FromMilliseconds(500) });

        var pending = store.CommitAsync(Transactions.Put("a", "2"), None);
        await PostgresServer.UntilAsync(async () => await _server.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") is 1L);
        Assert.IsType<CommitOutcome.Unknown>(await hasty.CommitAsync(Transactions.Put("a", "3"), None));
        await _server.QueryAsync("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        var cancelled = Assert.IsType<CommitOutcome.Unknown>(await pending);
        Assert.Contains("synchronous replication", cancelled.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => hasty.ReadAsync("", None));

        await standby.StartAsync();
        await PostgresServer.UntilAsync(async () => await _server.QueryAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") is 1L);
        var after = await store.ReadAsync("a", None);
        Assert.True(after.Revision > written); // Unknown is what it was: it had been written.
        await store.MustCommitAsync(Transactions.Put("a", "4").If("a", after.Records["a"].Revision));
    }

    [Fact]
    public async Task A_store_that_waited_for_a_standby_is_refused_when_it_does_not_any_more()
    {
        await StandbyAsync("s1");
        await SynchronousAsync("s1");
        await using var store = await OpenAsync(_server.Options());
        await store.MustCommitAsync(Transactions.Put("a", "1"));

        await SynchronousAsync("");

        Assert.Contains("synchronous_standby_names", Assert.IsType<CommitOutcome.Unknown>(await store.CommitAsync(Transactions.Put("a", "2"), None)).Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync("", None));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_leaves_a_commit_unknown_and_is_used_again_afterwards()
    {
        await using var store = await OpenAsync(_server.Options() with { CommitTimeout = TimeSpan.FromMilliseconds(300), ReadTimeout = TimeSpan.FromMilliseconds(300) });
        await PostgresServer.UntilAsync(async () => await store.CommitAsync(Transactions.Put("a", "1"), None) is CommitOutcome.Committed);
        await using (var holder = new Npgsql.NpgsqlConnection($"Host=127.0.0.1;Port={_server.Port};Username=postgres;Database=postgres;Pooling=false"))
        {
            await holder.OpenAsync();
            await using var held = await holder.BeginTransactionAsync();
            await using (var command = new Npgsql.NpgsqlCommand($"SELECT 1 FROM {_schema}.meta FOR UPDATE", holder)) await command.ExecuteScalarAsync();

            Assert.IsType<CommitOutcome.Unknown>(await store.CommitAsync(Transactions.Put("a", "2"), None));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync("", None));
        }

        await PostgresServer.UntilAsync(async () => await store.CommitAsync(Transactions.Put("a", "3"), None) is CommitOutcome.Committed);
    }

    private async Task<PostgresClusterStore> OpenAsync(PostgresOptions options)
    {
        _schema = options.Schema;
        await PostgresDatabase.PrepareAsync(options, None);
        return new PostgresClusterStore(options);
    }

    private async Task<PostgresServer> StandbyAsync(string name)
    {
        var standby = await _server.StartStandbyAsync(name);
        _standbys.Add(standby);
        return standby;
    }

    private async Task SynchronousAsync(string names)
    {
        await _server.QueryAsync($"ALTER SYSTEM SET synchronous_standby_names = '{names}'");
        await _server.QueryAsync("SELECT pg_reload_conf()");
        await PostgresServer.UntilAsync(async () => (string?)await _server.QueryAsync("SHOW synchronous_standby_names") == names);
        if (names.Length > 0) await PostgresServer.UntilAsync(async () => await _server.QueryAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") is 1L);
    }
}
