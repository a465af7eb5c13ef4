using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Machines;
using Holdfast.Management.Repository;
using Holdfast.Store.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Machines;

/// <summary>What machines told, from one owner of the service to the next.</summary>
public sealed class SightKeeperTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly StillClock _time = new(new DateTimeOffset(2026, 11, 1, 2, 0, 0, TimeSpan.Zero));
    private readonly List<RepositoryDatabase> _opened = [];
    private ClusterStatus? _cluster = MachineSamples.Cluster(MachineSamples.Node("a"), MachineSamples.Node("b"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var database in _opened) await database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_next_owner_knows_what_a_machine_had_that_is_away_and_how_old_that_is()
    {
        var first = await OwnerAsync(1);
        first.Book.Saw("b", MachineSamples.Sight("b", _time.Now, "/", "/srv"));
        await first.TendAsync();

        var next = await OwnerAsync(2);
        await next.TendAsync();

        var known = next.Book.Find("b")!;
        Assert.Equal((_time.Now, null, true), (known.Seen, known.Trouble, known.IsRecalled));
        Assert.Equal(["/", "/srv"], known.Things.Select(thing => thing.Name));
        Assert.Equal(2, known.Local!.Value.GetArrayLength());
        Assert.Equal("repository.fenced", (await Assert.ThrowsAsync<HoldfastException>(async () =>
        {
            first.Book.Saw("b", MachineSamples.Sight("b", _time.Now, "/else"));
            await first.TendAsync();
        })).Code);
    }

    [Fact]
    public async Task What_came_or_went_is_written_at_once_and_sizes_each_hour()
    {
        var owner = await OwnerAsync(1);
        var begun = _time.Now;
        await SeeAsync("/");
        _time.Now += TimeSpan.FromMinutes(59);
        await SeeAsync("/");
        Assert.Equal(begun, await SeenAsync());
        await SeeAsync("/", "/more");
        Assert.Equal(_time.Now, await SeenAsync());
        _time.Now += TimeSpan.FromHours(1);
        await SeeAsync("/", "/more");
        Assert.Equal(_time.Now, await SeenAsync());

        async Task SeeAsync(params string[] paths)
        {
            owner.Book.Saw("b", MachineSamples.Sight("b", _time.Now, paths));
            await owner.TendAsync();
        }

        async Task<DateTimeOffset> SeenAsync() => Assert.Single(await owner.Database.Machines.ListAsync(default)).Seen;
    }

    [Fact]
    public async Task What_an_owner_saw_itself_counts_more_than_what_was_kept_whatever_the_clocks_say()
    {
        var first = await OwnerAsync(1);
        first.Book.Saw("b", MachineSamples.Sight("b", _time.Now.AddHours(5), "/old"));
        await first.TendAsync();

        var next = await OwnerAsync(2);
        next.Book.Saw("b", MachineSamples.Sight("b", _time.Now, "/new"));
        next.Book.Failed("a", "no answer");
        await next.TendAsync();

        Assert.Equal("/new", Assert.Single(next.Book.Find("b")!.Things).Name);
        Assert.False(next.Book.Find("b")!.IsRecalled);
        Assert.Equal(_time.Now, Assert.Single(await next.Database.Machines.ListAsync(default)).Seen);
    }

    [Fact]
    public async Task A_database_that_was_made_anew_meanwhile_is_told_everything_again()
    {
        var owner = await OwnerAsync(1);
        owner.Book.Saw("b", MachineSamples.Sight("b", _time.Now, "/"));
        await owner.TendAsync();
        await owner.Database.Machines.RemoveAsync(["b"], default);

        await owner.Keeper.TendAsync(owner.Database.State with { }, default); // As it is after it was away.

        Assert.Single(await owner.Database.Machines.ListAsync(default));
    }

    [Fact]
    public async Task A_machine_that_was_taken_out_of_the_cluster_loses_its_record_and_one_that_is_away_does_not()
    {
        var owner = await OwnerAsync(1);
        foreach (var node in (string[])["a", "b"]) owner.Book.Saw(node, MachineSamples.Sight(node, _time.Now, "/"));
        await owner.TendAsync();

        var whole = _cluster;
        foreach (var nobody in new[] { null, whole! with { Nodes = [] } })
        {
            _cluster = nobody; // A service, or a node, that knows nothing yet.
            await owner.TendAsync();
        }

        _cluster = MachineSamples.Cluster(MachineSamples.Node("a"), MachineSamples.Node("b", "down"));
        await owner.TendAsync();
        Assert.Equal(["a", "b"], (await owner.Database.Machines.ListAsync(default)).Select(row => row.Node));
        _cluster = MachineSamples.Cluster(MachineSamples.Node("a"));
        await owner.TendAsync();

        Assert.Equal(["a"], (await owner.Database.Machines.ListAsync(default)).Select(row => row.Node));
        Assert.Null(owner.Book.Find("b"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_left_aside_and_written_again_when_its_machine_tells()
    {
        var owner = await OwnerAsync(1);
        await owner.Database.Machines.PutAsync([new("a", _time.Now, """[{"of":"a later build"}]""", "[]"), new("b", _time.Now, "{", "[]")], default);
        await owner.TendAsync();
        Assert.Null(owner.Book.Find("a")?.Seen);

        owner.Book.Saw("a", MachineSamples.Sight("a", _time.Now, "/"));
        await owner.TendAsync();

        Assert.Contains("ext4", (await owner.Database.Machines.ListAsync(default))[0].Volumes, StringComparison.Ordinal);
    }

    private async Task<Owner> OwnerAsync(int number)
    {
        var database = new RepositoryDatabase(new RepositoryOptions { Address = $"sqlite:{_folder.Path}/history.db" }, new Epoch(1, number), _time, NullLogger<RepositoryDatabase>.Instance);
        _opened.Add(database);
        await database.OpenAsync(default);
        var book = new SightBook();
        return new Owner(book, database, new SightKeeper(book, () => _cluster, database, _time, NullLogger<SightKeeper>.Instance));
    }

    private sealed record Owner(SightBook Book, RepositoryDatabase Database, SightKeeper Keeper)
    {
        public Task TendAsync() => Keeper.TendAsync(Database.State, default);
    }
}
