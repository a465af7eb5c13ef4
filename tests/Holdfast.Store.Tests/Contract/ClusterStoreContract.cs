using System.Collections.Immutable;
using Holdfast.Cluster;

namespace Holdfast.Store.Tests.Contract;

/// <summary>What every implementation of <see cref="IClusterStore"/> must do. Watching is in the other part.</summary>
public abstract partial class ClusterStoreContract : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    protected IClusterStore Store { get; private set; } = null!;

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens a store with nothing under any prefix.</summary>
    protected abstract Task<IClusterStore> OpenAsync();

    /// <summary>Opens a store that the test closes itself.</summary>
    protected virtual Task<IClusterStore> OpenAnotherAsync() => OpenAsync();

    /// <summary>Makes the store forget revisions.</summary>
    protected abstract Task CompactAsync(long revision);

    [Fact]
    public async Task A_new_store_is_empty_and_has_an_id_and_a_positive_revision()
    {
        var view = await Store.ReadAsync("", None);

        Assert.Empty(view.Records);
        Assert.True(view.Revision > 0);
        Assert.NotEmpty(view.StoreId);
    }

    [Fact]
    public async Task What_was_committed_is_read_with_the_revision_that_wrote_it()
    {
        var first = await Store.MustCommitAsync(Transactions.Put("a", "1"));
        var second = await Store.MustCommitAsync(Transactions.Put("b", "2"));

        var view = await Store.ReadAsync("", None);

        Assert.Equal(first + 1, second);
        Assert.Equal(second, view.Revision);
        Assert.Equal(["a", "b"], view.Records.Keys);
        Assert.Equal(("1", first), (view.Records["a"].Value.Text(), view.Records["a"].Revision));
        Assert.Equal(("2", second), (view.Records["b"].Value.Text(), view.Records["b"].Revision));
    }

    [Fact]
    public async Task A_condition_on_the_last_revision_holds_once()
    {
        var written = await Store.MustCommitAsync(Transactions.Put("a", "1"));

        var renewed = await Store.MustCommitAsync(Transactions.Put("a", "2").If("a", written));
        var stale = await Store.CommitAsync(Transactions.Put("a", "3").If("a", written), None);

        Assert.Equal(new CommitOutcome.Conflict(renewed), stale);
        Assert.Equal("2", (await Store.ReadAsync("a", None)).Records["a"].Value.Text());
    }

    [Fact]
    public async Task A_record_is_created_only_if_absent()
    {
        var created = await Store.MustCommitAsync(Transactions.Put("a", "1").If("a", 0));
        var again = await Store.CommitAsync(Transactions.Put("a", "2").If("a", 0), None);

        await Store.MustCommitAsync(Transactions.Writes(("a", null)));
        var afterDeletion = await Store.CommitAsync(Transactions.Put("a", "3").If("a", 0), None);

        Assert.Equal(new CommitOutcome.Conflict(created), again);
        Assert.Equal(new CommitOutcome.Committed(created + 2), afterDeletion);
    }

    [Fact]
    public async Task A_condition_on_a_record_that_is_gone_or_never_was_conflicts()
    {
        var written = await Store.MustCommitAsync(Transactions.Put("a", "1"));
        var deleted = await Store.MustCommitAsync(Transactions.Writes(("a", null)));

        Assert.Equal(new CommitOutcome.Conflict(deleted), await Store.CommitAsync(Transactions.Put("a", "2").If("a", written), None));
        Assert.Equal(new CommitOutcome.Conflict(deleted), await Store.CommitAsync(Transactions.Put("b", "2").If("b", written), None));
    }

    [Fact]
    public async Task Deleting_what_does_not_exist_is_no_error_and_makes_no_revision()
    {
        var before = await Store.MustCommitAsync(Transactions.Put("a", "1"));

        var outcome = await Store.CommitAsync(Transactions.Writes(("nothing", null)), None);

        Assert.Equal(new CommitOutcome.Committed(before), outcome);
    }

    [Fact]
    public async Task Conditions_alone_are_judged_without_making_a_revision()
    {
        var before = await Store.MustCommitAsync(Transactions.Put("a", "1"));

        var holds = await Store.CommitAsync(new StoreTransaction([new("a", before)], []), None);
        var fails = await Store.CommitAsync(new StoreTransaction([new("a", before + 1)], []), None);

        Assert.Equal(new CommitOutcome.Committed(before), holds);
        Assert.Equal(new CommitOutcome.Conflict(before), fails);
    }

    [Fact]
    public async Task All_writes_happen_as_one_or_none_does()
    {
        var first = await Store.MustCommitAsync(Transactions.Writes(("a", "1"), ("b", "1")));

        var refused = await Store.CommitAsync(Transactions.Writes(("a", "2"), ("b", null), ("c", "2")).If("a", first).If("b", 0), None);
        var unchanged = await Store.ReadAsync("", None);
        var second = await Store.MustCommitAsync(Transactions.Writes(("a", "2"), ("b", null), ("c", "2")).If("a", first).If("b", first).If("c", 0));
        var view = await Store.ReadAsync("", None);

        Assert.Equal(new CommitOutcome.Conflict(first), refused);
        Assert.Equal(["a", "b"], unchanged.Records.Keys);
        Assert.Equal(first + 1, second);
        Assert.Equal(["a", "c"], view.Records.Keys);
        Assert.All(view.Records.Values, record => Assert.Equal(second, record.Revision));
    }

    [Fact]
    public async Task A_read_is_one_cut()
    {
        await Store.MustCommitAsync(Transactions.Writes(("x", "0"), ("y", "0")));
        using var end = new CancellationTokenSource();
        var writing = WriteBothAsync(end.Token);

        for (var i = 0; i < 200; i++)
        {
            var view = await Store.ReadAsync("", None);
            Assert.Equal(view.Records["x"].Value.Text(), view.Records["y"].Value.Text());
            Assert.Equal(view.Records["x"].Revision, view.Records["y"].Revision);
            Assert.True(view.Records["x"].Revision <= view.Revision);
        }

        await end.CancelAsync();
        Assert.True(await writing > 0);

        async Task<int> WriteBothAsync(CancellationToken ended)
        {
            var count = 0;
            while (!ended.IsCancellationRequested)
            {
                count++;
                await Store.MustCommitAsync(Transactions.Writes(("x", $"{count}"), ("y", $"{count}")));
                await Task.Yield();
            }

            return count;
        }
    }

    [Fact]
    public async Task A_prefix_shows_its_own_records_and_no_others()
    {
        await Store.MustCommitAsync(Transactions.Writes(("nodes/a", "1"), ("nodes/b", "2"), ("nodes0", "3"), ("node", "4"), ("roles/nodes/a", "5"), ("nodes/ä", "6")));

        Assert.Equal(["nodes/a", "nodes/b", "nodes/ä"], (await Store.ReadAsync("nodes/", None)).Records.Keys);
        Assert.Equal(["node", "nodes/a", "nodes/b", "nodes/ä", "nodes0"], (await Store.ReadAsync("node", None)).Records.Keys);
        Assert.Empty((await Store.ReadAsync("x", None)).Records);
    }

    [Fact]
    public async Task Concurrent_commits_on_one_revision_have_exactly_one_winner()
    {
        for (var round = 0; round < 20; round++)
        {
            var last = (await Store.ReadAsync("key", None)).Records.GetValueOrDefault("key")?.Revision ?? 0;

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => Store.CommitAsync(Transactions.Put("key", $"{i}").If("key", last), None))));

            var winner = Assert.Single(outcomes.OfType<CommitOutcome.Committed>());
            Assert.Equal(15, outcomes.OfType<CommitOutcome.Conflict>().Count());
            var record = (await Store.ReadAsync("key", None)).Records["key"];
            Assert.Equal(winner.Revision, record.Revision);
            Assert.Equal(Array.IndexOf(outcomes, winner), int.Parse(record.Value.Text()));
        }
    }

    [Fact]
    public async Task As_many_operations_as_are_allowed_fit_and_more_are_refused()
    {
        var writes = Enumerable.Range(0, StoreTransaction.MaxOperations + 1).Select(i => new StoreWrite($"many/{i:d4}", new byte[] { 1 })).ToImmutableArray();
        var conditions = writes.Select(write => new StoreCondition(write.Key, 0)).ToImmutableArray();

        await Store.MustCommitAsync(new StoreTransaction(conditions[..StoreTransaction.MaxOperations], writes[..StoreTransaction.MaxOperations]));

        Assert.Equal(StoreTransaction.MaxOperations, (await Store.ReadAsync("many/", None)).Records.Count);
        await RefusedAsync(new StoreTransaction([], writes));
        await RefusedAsync(new StoreTransaction(conditions, []));
    }

    [Fact]
    public async Task A_key_written_twice_an_empty_key_and_too_much_at_once_are_refused()
    {
        await RefusedAsync(Transactions.Writes(("a", "1"), ("a", "2")));
        await RefusedAsync(Transactions.Put("", "1"));
        await RefusedAsync(new StoreTransaction([], [new("a", new byte[1_000_000]), new("b", new byte[600_000])]));
        Assert.Empty((await Store.ReadAsync("", None)).Records);
    }

    [Fact]
    public async Task Values_may_be_a_megabyte_or_empty_and_are_kept_to_the_byte()
    {
        var large = new byte[1024 * 1024];
        new Random(1).NextBytes(large);

        await Store.MustCommitAsync(new StoreTransaction([], [new("large", large), new("empty", ReadOnlyMemory<byte>.Empty)]));
        var view = await Store.ReadAsync("", None);

        Assert.Equal(large, view.Records["large"].Value.ToArray());
        Assert.Equal(0, view.Records["empty"].Value.Length);
    }

    [Fact]
    public async Task A_value_does_not_follow_the_buffer_it_was_committed_from()
    {
        var buffer = new byte[] { 1, 2, 3 };
        await Store.MustCommitAsync(new StoreTransaction([], [new("a", buffer)]));

        buffer[0] = 9;

        Assert.Equal([1, 2, 3], (await Store.ReadAsync("a", None)).Records["a"].Value.ToArray());
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadAsync("", cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CommitAsync(Transactions.Put("a", "1"), cancelled.Token));

        Assert.Empty((await Store.ReadAsync("", None)).Records);
    }

    private async Task RefusedAsync(StoreTransaction transaction)
    {
        var error = await Assert.ThrowsAsync<HoldfastException>(() => Store.CommitAsync(transaction, None));
        Assert.Equal(("store.transaction", ErrorKind.Invalid), (error.Code, error.Kind));
    }
}
