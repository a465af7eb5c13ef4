using System.Globalization;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Collecting;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;
using Holdfast.Store.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Collecting;

/// <summary>Nodes with journals, and a database to collect them into.</summary>
public abstract class CollectorWorld : IAsyncLifetime
{
    protected static readonly DateTimeOffset Start = new(2026, 11, 1, 2, 0, 0, TimeSpan.Zero);
    private readonly List<RepositoryDatabase> _opened = [];
    private int _said;

    private protected TempFolder Folder { get; } = new();

    private protected StillClock Time { get; } = new(Start);

    private protected NodeJournals Nodes { get; private set; } = null!;

    private protected RepositoryDatabase Database { get; private set; } = null!;

    protected abstract RepositoryOptions Options { get; }

    public virtual async Task InitializeAsync()
    {
        Nodes = new NodeJournals(Path.Combine(Folder.Path, "nodes"), Time);
        Database = await OpenAsync(1);
    }

    public virtual async Task DisposeAsync()
    {
        await Nodes.DisposeAsync();
        foreach (var database in _opened) await database.DisposeAsync();
        Folder.Dispose();
    }

    private protected async Task<RepositoryDatabase> OpenAsync(long epoch, RepositoryOptions? options = null)
    {
        var database = new RepositoryDatabase(options ?? Options, new Epoch(1, epoch), Time, NullLogger<RepositoryDatabase>.Instance);
        _opened.Add(database);
        await database.OpenAsync(default);
        return database;
    }

    private protected Collector Collector(RepositoryDatabase database) =>
        new(database, Nodes, job => job == "nightly" ? new JobOrigin("gold", "orders-data") : null, Time, NullLogger<Collector>.Instance);

    /// <summary>Has node a record something, each with a number of its own.</summary>
    private protected void Say(int count)
    {
        for (var i = 0; i < count; i++) Nodes["a"].Add("tick", (++_said).ToString(CultureInfo.InvariantCulture));
    }

    private protected async Task CollectAsync()
    {
        foreach (var node in await Nodes.ListNodesAsync(default)) await Collector(Database).CollectAsync(node, default);
    }

    private protected async Task AssertAllOnceAsync(RepositoryDatabase? database = null)
    {
        var numbers = (await EventsAsync(database)).Where(row => row.Kind == "tick").Select(row => int.Parse(row.Message, CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(1, _said), numbers.Order());
        Assert.Equal(numbers.Order(), numbers); // And in their order.
    }

    private protected async Task<List<EventRow>> EventsAsync(RepositoryDatabase? database = null)
    {
        List<EventRow> all = [];
        while ((await (database ?? Database).Events.AfterAsync(all.Count == 0 ? 0 : all[^1].Id, 1000, default)) is { IsEmpty: false } more) all.AddRange(more);
        return all;
    }
}
