using Holdfast.Store.Etcd;

namespace Holdfast.Store.Tests.Etcd;

/// <summary>A commit whose answer gets lost: unknown, made once, and provable by its condition.</summary>
public sealed class EtcdAcknowledgementTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private EtcdTestCluster _cluster = null!;
    private CuttingProxy _proxy = null!;
    private EtcdClusterStore _direct = null!;
    private EtcdClusterStore _throughProxy = null!;

    public async Task InitializeAsync()
    {
        _cluster = await EtcdTestCluster.StartAsync(1, tls: false);
        _proxy = new CuttingProxy(_cluster.Clients[0]);
        var options = _cluster.Options;
        _direct = new EtcdClusterStore(options);

        // The member itself is the second endpoint: a client that retried would reach it, and the record would be written twice.
        _throughProxy = new EtcdClusterStore(options with { Endpoints = [_proxy.Address, _cluster.Clients[0]] });
    }

    public async Task DisposeAsync()
    {
        await _throughProxy.DisposeAsync();
        await _direct.DisposeAsync();
        _proxy.Dispose();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task A_commit_whose_answer_is_cut_off_is_unknown_and_happened_once()
    {
        var before = await _throughProxy.MustCommitAsync(Transactions.Put("a", "1"));
        await using var watcher = new Watcher(_direct, "", before).Started();

        _proxy.SwallowAnswers();
        var commit = _throughProxy.CommitAsync(Transactions.Put("a", "2").If("a", before), None);
        var made = await watcher.NextChangeAsync(); // It reached etcd, whose answer is being swallowed.
        _proxy.Cut();
        var outcome = await commit;
        var view = await _throughProxy.ReadAsync("", None);

        Assert.IsType<CommitOutcome.Unknown>(outcome);
        Assert.Equal(before + 1, made.Revision);
        Assert.Equal((before + 1, before + 1), (view.Revision, view.Records["a"].Revision));

        // The condition of the attempt proves that it happened: the same attempt cannot happen again.
        Assert.Equal(new CommitOutcome.Conflict(before + 1), await _throughProxy.CommitAsync(Transactions.Put("a", "2").If("a", before), None));
    }

    [Fact]
    public async Task An_unconditional_commit_whose_answer_is_cut_off_is_not_sent_twice()
    {
        var before = await _throughProxy.MustCommitAsync(Transactions.Put("a", "1"));
        await using var watcher = new Watcher(_direct, "", before).Started();

        for (var i = 1; i <= 5; i++)
        {
            _proxy.SwallowAnswers();
            var commit = _throughProxy.CommitAsync(Transactions.Put("a", $"{i}"), None);
            await watcher.NextChangeAsync();
            _proxy.Cut();
            Assert.IsType<CommitOutcome.Unknown>(await commit);
            await UsesProxyAgainAsync();
        }

        // Each commit makes one revision, so a sixth would show.
        Assert.Equal("5", (await _direct.ReadAsync("a", None)).Records["a"].Value.Text());
        Assert.Equal(before + 5, (await _direct.ReadAsync("", None)).Revision);
    }

    [Fact]
    public async Task A_commit_whose_answer_never_comes_is_unknown_at_the_deadline()
    {
        await using var store = new EtcdClusterStore(_cluster.Options with { Endpoints = [_proxy.Address], CommitTimeout = TimeSpan.FromMilliseconds(300) });
        await store.ReadAsync("", None);

        _proxy.SwallowAnswers();
        var outcome = await store.CommitAsync(Transactions.Put("a", "1"), None);

        Assert.IsType<CommitOutcome.Unknown>(outcome);
        Assert.True(_proxy.Swallowed > 0);
    }

    // A heartbeat takes the preferred endpoint back.
    private async Task UsesProxyAgainAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!_throughProxy.Prefers(_proxy.Address))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, limit.Token);
        }
    }
}
