using System.IO.Pipelines;
using System.Text;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Api;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Rows;
using Holdfast.Management.Repository.Tables;
using Holdfast.Store.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Service;

/// <summary>That a stream goes on after the event that somebody had last.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private static readonly Person Reader = new("ann", Holdfast.Cluster.Access.AccessLevel.Viewer, "192.0.2.1");
    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly Pipe _pipe = new();
    private AgentLink _agent = null!;
    private ClusterFollower _follower = null!;
    private RepositoryDatabase _database = null!;
    private Task _stream = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        _agent = new AgentLink(Path.Combine(_folder.Path, "no-agent.sock"));
        _follower = new ClusterFollower(_agent, TimeProvider.System);
        _database = new RepositoryDatabase(new RepositoryOptions { Address = $"sqlite:{_folder.Path}/history.db" }, new Epoch(1, 1), TimeProvider.System, NullLogger<RepositoryDatabase>.Instance);
        await _database.OpenAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _gone.CancelAsync();
        await _stream;
        _gone.Dispose();
        _agent.Dispose();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_happened_after_the_last_event_comes_once_and_in_its_order()
    {
        for (var i = 1; i <= 4; i++) await AddAsync(i);
        Open($"{_database.Identity}.2");
        await ReadToAsync(4);

        // Of two nodes that were collected at once the second is told first, and then what was sent from the history.
        var (five, six) = (await AddAsync(5), await AddAsync(6));
        Tell(six);
        Tell(five);
        Tell(await AddAsync(7));
        var seen = await ReadToAsync(7);

        Assert.Equal([3, 4, 5, 6, 7], seen);
    }

    [Fact]
    public async Task Who_reads_too_slowly_gets_what_they_missed_from_the_history()
    {
        Open(null);
        await ReadUntilAsync("event: service");
        List<EventRow> told = [];
        for (var i = 1; i <= 300; i++) told.Add(await AddAsync(i));
        foreach (var row in told.Skip(200)) Tell(row); // As if the first had been dropped.

        var seen = await ReadToAsync(300);

        Assert.Equal(Enumerable.Range(1, 300), seen);
    }

    [Fact]
    public async Task The_ids_of_another_database_say_nothing_and_it_goes_on_from_now()
    {
        await AddAsync(1);
        Open($"{_database.Identity - 1}.0");
        await ReadUntilAsync("event: service");
        Tell(await AddAsync(2));
        var seen = await ReadToAsync(2);

        Assert.Equal([2], seen);
    }

    [Fact]
    public async Task A_stream_on_which_nothing_happens_shows_as_often_as_it_promised_that_it_is_there()
    {
        var clock = new HastyClock();

        var http = Open(null, clock);
        await ReadUntilAsync(": \n\n: \n\n: \n\n");

        Assert.Equal("1", http.Response.Headers["Holdfast-Beat"]);
        Assert.All(clock.Asked, asked => Assert.Equal(TimeSpan.FromSeconds(1), asked));
    }

    private readonly StringBuilder _read = new();

    private DefaultHttpContext Open(string? lastEventId, TimeProvider? clock = null)
    {
        var http = new DefaultHttpContext { RequestAborted = _gone.Token };
        http.Response.Body = _pipe.Writer.AsStream();
        if (lastEventId is not null) http.Request.Headers["Last-Event-ID"] = lastEventId;
        var standing = new ServiceStanding(_agent, new ManagementOptions { StateDirectory = _folder.Path, RunDirectory = _folder.Path, Epoch = new Epoch(1, 1), Node = "a" }, _database, TimeProvider.System);
        _stream = new EventStream(_follower, standing, _database, clock ?? TimeProvider.System).SendAsync(http, Reader);
        return http;
    }

    private async Task<EventRow> AddAsync(int number)
    {
        var row = new EventRow(0, DateTimeOffset.UnixEpoch, "a", "tick", null, null, null, $"number {number}", null);
        return row with { Id = await _database.WriteAsync(transaction => EventsTable.AddAsync(transaction, row), default) };
    }

    private void Tell(EventRow row) => _follower.Tell(StreamEvent.Of(StreamEvent.Kept, row, HistoryJson.Default.EventRow, new StreamPosition(_database.Identity!.Value, row.Id)));

    /// <summary>Reads until an event with this id came.</summary>
    /// <returns>The ids of all events so far; that of the service's own line is none.</returns>
    private async Task<int[]> ReadToAsync(int id)
    {
        var text = await ReadUntilAsync($"id: {_database.Identity}.{id}\nevent: event\n");
        return [.. text.Split("\n\n").Where(part => part.Contains("event: event\n", StringComparison.Ordinal)).Select(part => int.Parse(part.Split('\n').Single(line => line.StartsWith("id: ", StringComparison.Ordinal)).Split('.')[1], System.Globalization.CultureInfo.InvariantCulture))];
    }

    private async Task<string> ReadUntilAsync(string part)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var buffer = new byte[4096];
        while (!_read.ToString().Contains(part, StringComparison.Ordinal)) _read.Append(Encoding.UTF8.GetString(buffer, 0, await _pipe.Reader.AsStream(leaveOpen: true).ReadAsync(buffer, limit.Token)));
        return _read.ToString();
    }
}
