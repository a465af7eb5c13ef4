using Holdfast.Store.State;

namespace Holdfast.Store.Memory;

/// <summary>A store in this process that forgets everything when it ends: for tests and simulations.</summary>
public sealed class MemoryClusterStore(string storeId = "memory", ChangeRetention? retention = null) : IClusterStore
{
    private readonly Lock _writing = new();
    private readonly ChangeFeed _feed = new(StoreState.Empty.Revision, retention ?? new ChangeRetention());
    private bool _closed;
    private volatile StoreState _state = StoreState.Empty;

    /// <inheritdoc/>
    public Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_state.View(storeId, prefix));
    }

    /// <inheritdoc/>
    public Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        TransactionRules.Check(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_writing)
        {
            if (_closed)
            {
                return Task.FromResult<CommitOutcome>(new CommitOutcome.Unknown("The store was closed."));
            }

            var (outcome, state, change) = _state.Apply(transaction);
            _state = state;
            if (change is not null)
            {
                _feed.Append(change);
            }

            return Task.FromResult(outcome);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, CancellationToken cancellationToken) =>
        _feed.FollowAsync(prefix, afterRevision, cancellationToken);

    /// <summary>Forgets the changes up to and including a revision, as a store does by itself in time.</summary>
    public void Compact(long revision) => _feed.Compact(revision);

    /// <summary>Ends every watch.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_writing)
        {
            _closed = true;
        }

        _feed.Close();
        return ValueTask.CompletedTask;
    }
}
