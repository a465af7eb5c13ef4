using Holdfast.Cluster;
using Holdfast.Store.Embedded;
using Holdfast.Store.State;
using Holdfast.Store.Tests.Contract;
using Microsoft.Data.Sqlite;

namespace Holdfast.Store.Tests.Embedded;

public sealed class SqliteClusterStoreTests : ClusterStoreContract
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _another = new();

    [Fact]
    public async Task It_is_the_same_store_after_a_restart()
    {
        var start = (await Store.ReadAsync("", CancellationToken.None)).Revision;
        await Store.MustCommitAsync(Transactions.Writes(("a", "1"), ("b", "")));
        var last = await Store.MustCommitAsync(Transactions.Writes(("a", null), ("c", "2")));
        var before = await Store.ReadAsync("", CancellationToken.None);
        await Store.DisposeAsync();

        await using var again = SqliteClusterStore.Open(_folder.Path);
        var after = await again.ReadAsync("", CancellationToken.None);
        await using var watcher = new Watcher(again, "", start);

        Assert.Equal((before.StoreId, last), (after.StoreId, after.Revision));
        Assert.Equal(["b", "c"], after.Records.Keys);
        Assert.Equal(last - 1, after.Records["b"].Revision);
        Assert.Equal(["a=1", "b="], (await watcher.NextChangeAsync()).Changes.Select(Transactions.Text));
        Assert.Equal(["a deleted", "c=2"], (await watcher.NextChangeAsync()).Changes.Select(Transactions.Text));
        Assert.Equal(last + 1, await again.MustCommitAsync(Transactions.Put("d", "3")));
    }

    [Fact]
    public void A_second_holder_of_the_folder_is_refused_by_name()
    {
        var error = Assert.Throws<HoldfastException>(() => SqliteClusterStore.Open(_folder.Path));

        Assert.Equal(("store.locked", ErrorKind.Conflict), (error.Code, error.Kind));
        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Changes_beyond_the_retention_are_forgotten_in_memory_and_on_disk()
    {
        using var folder = new TempFolder();
        var retention = new ChangeRetention(MaxRevisions: 20);
        await using (var store = SqliteClusterStore.Open(folder.Path, retention))
        {
            for (var i = 0; i < 100; i++)
            {
                await store.MustCommitAsync(Transactions.Put("a", $"{i}"));
            }
        }

        await using var again = SqliteClusterStore.Open(folder.Path, retention);
        await using var late = new Watcher(again, "", 50);
        await using var recent = new Watcher(again, "", 90);

        Assert.InRange((await Assert.ThrowsAsync<StoreCompactedException>(late.NextAsync)).CompactRevision, 81, 83);
        Assert.Equal(91, (await recent.NextChangeAsync()).Revision);
        Assert.Equal("99", (await again.ReadAsync("", CancellationToken.None)).Records["a"].Value.Text());
    }

    [Fact]
    public void Something_that_is_no_store_is_refused_and_left_alone()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "store.db");
        File.WriteAllText(path, new string('x', 8192));

        var error = Assert.Throws<HoldfastException>(() => SqliteClusterStore.Open(folder.Path));

        Assert.Equal("store.damaged", error.Code);
        Assert.Equal(new string('x', 8192), File.ReadAllText(path));
    }

    [Fact]
    public async Task A_write_that_fails_is_unknown_and_leaves_no_trace_and_no_hole()
    {
        var before = await Store.MustCommitAsync(Transactions.Put("a", "1"));
        await using var watcher = new Watcher(Store, "", before).Started();

        // Another writer in the file is refused its lock only by time: as good a failing disk as a test can have.
        CommitOutcome failed;
        using (var intruder = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "store.db")};Pooling=False"))
        {
            intruder.Open();
            using var held = intruder.BeginTransaction();
            failed = await Store.CommitAsync(Transactions.Put("a", "2").If("a", before), CancellationToken.None);
        }

        var view = await Store.ReadAsync("", CancellationToken.None);
        var next = await Store.MustCommitAsync(Transactions.Put("a", "3").If("a", before));

        Assert.IsType<CommitOutcome.Unknown>(failed);
        Assert.Equal(("1", before), (view.Records["a"].Value.Text(), view.Revision));
        Assert.Equal(before + 1, next);
        Assert.Equal(["a=3"], (await watcher.NextChangeAsync()).Changes.Select(Transactions.Text));
    }

    [Fact]
    public void A_missing_library_names_the_package_to_install()
    {
        var error = SqliteLibrary.Missing("libsqlite3.so.0");

        Assert.Equal("store.sqlite-missing", error.Code);
        Assert.Contains("libsqlite3-0", error.Hint, StringComparison.Ordinal);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        _another.Dispose();
    }

    protected override Task<IClusterStore> OpenAsync() => Task.FromResult<IClusterStore>(SqliteClusterStore.Open(_folder.Path));

    protected override Task<IClusterStore> OpenAnotherAsync() => Task.FromResult<IClusterStore>(SqliteClusterStore.Open(_another.Path));

    protected override Task CompactAsync(long revision)
    {
        ((SqliteClusterStore)Store).Compact(revision);
        return Task.CompletedTask;
    }
}
