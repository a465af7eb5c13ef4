namespace Holdfast.Store.Tests.Contract;

public abstract partial class ClusterStoreContract
{
    [Fact]
    public async Task A_watch_sees_every_revision_in_order_without_gaps()
    {
        var start = (await Store.ReadAsync("", None)).Revision;
        await using var watcher = new Watcher(Store, "", start).Started();
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 300; i++)
            {
                await Store.MustCommitAsync(Transactions.Writes(("a", $"{i}"), ("b", i % 2 == 0 ? null : $"{i}")));
            }
        });

        for (var i = 1; i <= 300; i++)
        {
            var change = await watcher.NextChangeAsync();
            Assert.Equal(start + i, change.Revision);
            Assert.Equal([$"a={i}", i % 2 == 0 ? "b deleted" : $"b={i}"], change.Changes.Select(Transactions.Text).Order(StringComparer.Ordinal));
        }

        await writing;
    }

    [Fact]
    public async Task A_watch_begins_right_after_the_read_it_follows()
    {
        await Store.MustCommitAsync(Transactions.Put("a", "before"));
        var view = await Store.ReadAsync("", None);
        await Store.MustCommitAsync(Transactions.Put("a", "between"));
        await Store.MustCommitAsync(Transactions.Writes(("a", null)));

        await using var watcher = new Watcher(Store, "", view.Revision).Started();
        await Store.MustCommitAsync(Transactions.Put("b", "after"));

        Assert.Equal(["a=between"], (await watcher.NextChangeAsync()).Changes.Select(Transactions.Text));
        Assert.Equal(["a deleted"], (await watcher.NextChangeAsync()).Changes.Select(Transactions.Text));
        var last = await watcher.NextChangeAsync();
        Assert.Equal(["b=after"], last.Changes.Select(Transactions.Text));
        Assert.Equal(view.Revision + 3, last.Revision);
    }

    [Fact]
    public async Task A_watch_of_a_prefix_shows_its_changes_and_tells_progress_for_the_others()
    {
        var start = (await Store.ReadAsync("", None)).Revision;
        await using var watcher = new Watcher(Store, "nodes/", start).Started();

        await Store.MustCommitAsync(Transactions.Writes(("nodes/a", "1"), ("roles/a", "1")));
        var change = await watcher.NextChangeAsync();
        var elsewhere = await Store.MustCommitAsync(Transactions.Put("roles/a", "2"));
        var progress = await watcher.NextAsync();

        Assert.Equal(["nodes/a=1"], change.Changes.Select(Transactions.Text));
        Assert.Equal((elsewhere, 0), (progress.Revision, progress.Changes.Length));
    }

    [Fact]
    public async Task Many_watchers_all_see_everything()
    {
        var start = (await Store.ReadAsync("", None)).Revision;
        var watchers = Enumerable.Range(0, 50).Select(_ => new Watcher(Store, "", start).Started()).ToArray();
        for (var i = 1; i <= 20; i++)
        {
            await Store.MustCommitAsync(Transactions.Put("a", $"{i}"));
        }

        foreach (var watcher in watchers)
        {
            for (var i = 1; i <= 20; i++)
            {
                var change = await watcher.NextChangeAsync();
                Assert.Equal((start + i, $"a={i}"), (change.Revision, change.Changes.Single().Text()));
            }

            await watcher.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_watch_from_forgotten_revisions_says_so_and_a_fresh_read_and_watch_work()
    {
        var start = (await Store.ReadAsync("", None)).Revision;
        var last = start;
        for (var i = 1; i <= 10; i++)
        {
            last = await Store.MustCommitAsync(Transactions.Put("a", $"{i}"));
        }

        await CompactAsync(last - 2);

        await using (var late = new Watcher(Store, "", start))
        {
            var error = await Assert.ThrowsAsync<StoreCompactedException>(late.NextAsync);
            Assert.Equal(last - 2, error.CompactRevision);
        }

        await using (var kept = new Watcher(Store, "", last - 2))
        {
            Assert.Equal(last - 1, (await kept.NextChangeAsync()).Revision);
            Assert.Equal(last, (await kept.NextChangeAsync()).Revision);
        }

        var view = await Store.ReadAsync("", None);
        await using var fresh = new Watcher(Store, "", view.Revision).Started();
        await Store.MustCommitAsync(Transactions.Put("a", "new"));
        Assert.Equal("10", view.Records["a"].Value.Text());
        Assert.Equal(["a=new"], (await fresh.NextChangeAsync()).Changes.Select(Transactions.Text));
    }

    [Fact]
    public async Task A_deletion_at_the_compacted_revision_is_not_lost_to_a_watch_from_before_it()
    {
        var written = await Store.MustCommitAsync(Transactions.Put("a", "1"));
        var deleted = await Store.MustCommitAsync(Transactions.Writes(("a", null)));
        await Store.MustCommitAsync(Transactions.Put("b", "1"));
        await CompactAsync(deleted);

        await using var watcher = new Watcher(Store, "", written);

        await Assert.ThrowsAsync<StoreCompactedException>(watcher.NextAsync);
    }

    [Fact]
    public async Task A_watch_goes_on_across_a_compaction()
    {
        var start = (await Store.ReadAsync("", None)).Revision;
        await using var watcher = new Watcher(Store, "", start).Started();
        var first = await Store.MustCommitAsync(Transactions.Put("a", "1"));
        Assert.Equal(first, (await watcher.NextChangeAsync()).Revision);

        await CompactAsync(first);
        var second = await Store.MustCommitAsync(Transactions.Put("a", "2"));

        Assert.Equal(second, (await watcher.NextChangeAsync()).Revision);
    }

    [Fact]
    public async Task A_closed_store_ends_its_watches_and_commits_nothing()
    {
        var store = await OpenAnotherAsync();
        await using var watcher = new Watcher(store, "", (await store.ReadAsync("", None)).Revision).Started();
        await store.MustCommitAsync(Transactions.Put("a", "1"));
        await watcher.NextChangeAsync();
        watcher.Started();

        await store.DisposeAsync();
        await store.DisposeAsync();

        await Assert.ThrowsAsync<StoreUnavailableException>(watcher.NextAsync);
        Assert.IsType<CommitOutcome.Unknown>(await store.CommitAsync(Transactions.Put("a", "2"), None));
        await using var late = new Watcher(store, "", 1);
        await Assert.ThrowsAsync<StoreUnavailableException>(late.NextAsync);
    }

    [Fact]
    public async Task A_watch_ends_with_its_token()
    {
        using var end = new CancellationTokenSource();
        var start = (await Store.ReadAsync("", None)).Revision;
        await using var changes = Store.WatchAsync("", start, end.Token).GetAsyncEnumerator(None);
        var next = changes.MoveNextAsync().AsTask();

        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(TimeSpan.FromSeconds(20)));
    }
}
