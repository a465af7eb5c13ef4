using Holdfast.Simulation.Engine;
using Holdfast.Store;
using Holdfast.Store.State;

namespace Holdfast.Simulation.Stores;

/// <summary>The store itself: linearizable, and never in doubt. It can be put back to an earlier state, as a restore or a bad failover does.</summary>
internal sealed class SimulatedStore(SimulationRun simulation, Action<StoreTransaction> committed) : IClusterStore
{
    private const string FirstId = "store 1";
    private static readonly ChangeRetention Retention = new(MaxRevisions: 200);
    private readonly List<StoreState> _history = [StoreState.Empty];
    private ChangeFeed _feed = new(StoreState.Empty.Revision, Retention);
    private string _id = FirstId;

    /// <summary>Gets what is stored now.</summary>
    public StoreState State { get; private set; } = StoreState.Empty;

    /// <inheritdoc/>
    public Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken) => Task.FromResult(State.View(_id, prefix));

    /// <inheritdoc/>
    public Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var (outcome, state, change) = State.Apply(transaction);
        State = state;
        if (change is null) return Task.FromResult(outcome);
        _history.Add(state);
        if (_history.Count > Retention.MaxRevisions) _history.RemoveRange(0, Retention.MaxRevisions / 2);
        committed(transaction);
        _feed.Append(change);
        return Task.FromResult(outcome);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, CancellationToken cancellationToken) => _feed.FollowAsync(prefix, afterRevision, cancellationToken);

    /// <summary>What the store held so many changes ago.</summary>
    public StoreState Before(int changes) => _history[Math.Max(0, _history.Count - 1 - changes)];

    /// <summary>Goes back to an earlier state; every watch breaks.</summary>
    public void GoBackTo(StoreState state)
    {
        simulation.Note($"the store goes back from revision {State.Revision} to {state.Revision}");
        _feed.Close();
        State = state;
        _feed = new(state.Revision, Retention);
    }

    /// <summary>Loses what came after a state without anybody noticing: a copy that lacked it took over, and counts on from where the lost one was.</summary>
    public void LoseAfter(StoreState state)
    {
        simulation.Note($"the store loses what came after revision {state.Revision}");
        State = state with { Revision = State.Revision };
    }

    /// <summary>Forgets old changes: who is further behind must read afresh.</summary>
    public void Compact() => _feed.Compact(State.Revision);

    /// <summary>Becomes another store, as a restored etcd does.</summary>
    public void Rename(string id) => _id = id;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _feed.Close();
        return ValueTask.CompletedTask;
    }
}
