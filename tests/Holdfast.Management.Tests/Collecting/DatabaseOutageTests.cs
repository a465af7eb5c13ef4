using Holdfast.Cluster;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Store.Tests.Postgres;

namespace Holdfast.Management.Tests.Collecting;

/// <summary>A PostgreSQL of its own, because it is killed.</summary>
public sealed class DatabaseOutageTests : CollectorWorld
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly PostgresServer _server = new();

    // The second host is one that nobody listens at: the driver goes to the one that takes writes.
    protected override RepositoryOptions Options => new() { Address = $"postgres://postgres@127.0.0.1:1,127.0.0.1:{_server.Port}/postgres" };

    public override async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_database_that_was_away_for_hours_has_everything_once_when_it_is_back()
    {
        Say(300);
        await CollectAsync();
        _server.Kill();

        Assert.Equal("repository.down", (await Assert.ThrowsAsync<HoldfastException>(CollectAsync)).Code);
        Assert.Equal(("down", "postgres"), (Database.State.Word, Database.State.Kind));
        Assert.Contains("does not answer", Database.State.Reason, StringComparison.Ordinal);
        Assert.Equal("repository.down", (await Assert.ThrowsAsync<HoldfastException>(() => Database.Operations.ListAsync(new OperationsQuery(), default))).Code);
        for (var hour = 0; hour < 5; hour++)
        {
            Time.Now += TimeSpan.FromHours(1);
            Say(700);
            if (hour == 2) await Nodes.RestartAsync("a"); // The node's agent is another one meanwhile.
        }

        using var ending = new CancellationTokenSource();
        var keeping = Database.KeepAsync(ending.Token);
        var collecting = Collector(Database).RunAsync(ending.Token);
        await _server.StartAsync();
        while (Database.State is { IsUp: false } down) await Database.WaitForChangeAsync(down, default).WaitAsync(Limit);
        await PostgresServer.UntilAsync(async () => (await EventsAsync()).Count >= 3800);
        await ending.CancelAsync();
        await Task.WhenAll(keeping, collecting);

        await AssertAllOnceAsync();
    }
}
