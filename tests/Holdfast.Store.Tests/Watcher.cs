using Holdfast.Cluster;

namespace Holdfast.Store.Tests;

/// <summary>Reads a watch step by step, with a limit so that a missing change fails the test rather than hangs it.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly IAsyncEnumerator<StoreChange> _changes;
    private readonly TimeSpan _limit;
    private Task<bool>? _next;

    public Watcher(IClusterStore store, string prefix, long afterRevision, TimeSpan? limit = null)
    {
        _limit = limit ?? TimeSpan.FromSeconds(20);
        _changes = store.WatchAsync(prefix, afterRevision, _end.Token).GetAsyncEnumerator(_end.Token);
    }

    /// <summary>Starts to read, so that the watch is under way before the test goes on.</summary>
    public Watcher Started()
    {
        _next ??= _changes.MoveNextAsync().AsTask();
        return this;
    }

    /// <summary>Returns the next item, progress included.</summary>
    public async Task<StoreChange> NextAsync()
    {
        Started();
        Assert.True(await _next!.WaitAsync(_limit));
        _next = null;
        return _changes.Current;
    }

    /// <summary>Returns the next item that has changes.</summary>
    public async Task<StoreChange> NextChangeAsync()
    {
        while (true)
        {
            if (await NextAsync() is { Changes.IsEmpty: false } change)
            {
                return change;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            if (_next is not null)
            {
                await _next;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HoldfastException)
        {
        }

        await _changes.DisposeAsync();
        _end.Dispose();
    }
}
