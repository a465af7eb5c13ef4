using System.Runtime.CompilerServices;
using Holdfast.Simulation.Engine;
using Holdfast.Store;

namespace Holdfast.Simulation.Stores;

/// <summary>One agent's way to the store: late, lossy, or cut. What was sent before a cut may still arrive; what was asked of a dead node's connection never answers.</summary>
internal sealed class FaultyStore(IClusterStore store, SimulationRun simulation, StoreHealth health) : IClusterStore
{
    private CancellationTokenSource _watches = new();
    private Signal _watching = Set();

    public StoreFaults Faults { get; set; } = StoreFaults.None;

    /// <summary>Gets or sets a fault for particular commits; null leaves it to the dice.</summary>
    public Func<StoreTransaction, CommitFault?>? Directed { get; set; }

    /// <summary>Gets or sets what is read instead of what is stored: a member that does not know yet what the others do.</summary>
    public StoreView? Stale { get; set; }

    /// <summary>Gets which way nothing gets through.</summary>
    public Direction CutOff { get; private set; }

    public bool IsCut => CutOff != Direction.None;

    /// <summary>Gets when a watch broke last.</summary>
    public TimeSpan? BrokenAt { get; private set; }

    /// <summary>Cuts the connection: calls end as unknown, watches break or fall silent.</summary>
    public void Cut(Direction direction = Direction.Both)
    {
        CutOff = direction;
        if (direction == Direction.Both) BreakWatches();
    }

    public void Heal() => CutOff = Direction.None;

    public void BreakWatches()
    {
        BrokenAt = simulation.Time.Now;
        Interlocked.Exchange(ref _watches, new()).Cancel();
    }

    /// <summary>Lets watches stay silent without breaking.</summary>
    public void StallWatches() => _watching = new();

    public void ResumeWatches() => _watching.Set();

    /// <inheritdoc/>
    public Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken) => simulation.World.AskAsync(() => CarryReadAsync(prefix)).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) => simulation.World.AskAsync(() => CarryCommitAsync(transaction)).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var broken = _watches.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken);
        if (IsCut || health.IsDown) throw new StoreUnavailableException("The store cannot be watched.");
        await using var changes = store.WatchAsync(prefix, afterRevision, either.Token).GetAsyncEnumerator(either.Token);
        while (true)
        {
            try
            {
                if (!await changes.MoveNextAsync()) yield break;
                await TravelAsync().WaitAsync(either.Token);
                await _watching.Task.WaitAsync(either.Token);
                while (CutOff.HasFlag(Direction.FromStore)) await simulation.Delay(TimeSpan.FromMilliseconds(20)).WaitAsync(either.Token); // It is sent again until it arrives.
            }
            catch (OperationCanceledException) when (broken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StoreUnavailableException("The watch broke.");
            }

            yield return changes.Current;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Signal Set()
    {
        var signal = new Signal();
        signal.Set();
        return signal;
    }

    private async Task<StoreView> CarryReadAsync(string prefix)
    {
        await TravelAsync();
        if (IsCut || health.IsDown || Hits(Faults.FailedReads))
        {
            await simulation.Delay(health.CallTimeout);
            throw new StoreUnavailableException("The read was not answered.");
        }

        var read = Stale is { } stale && prefix.Length == 0 ? stale : await store.ReadAsync(prefix, CancellationToken.None);
        await TravelAsync();
        return CutOff.HasFlag(Direction.FromStore) ? throw new StoreUnavailableException("The answer to a read was lost.") : read;
    }

    private async Task<CommitOutcome> CarryCommitAsync(StoreTransaction transaction)
    {
        var fault = Directed?.Invoke(transaction) ?? Dice();
        if (fault == CommitFault.Never) await new TaskCompletionSource().Task;
        if (fault == CommitFault.LateRequest && !CutOff.HasFlag(Direction.ToStore)) _ = ArriveLateAsync(transaction, simulation.Between(1, health.CallTimeout.TotalMilliseconds * 10));
        await TravelAsync();
        if (CutOff.HasFlag(Direction.ToStore) || fault is CommitFault.LostRequest or CommitFault.LateRequest) return await TimeOutAsync();
        if (health.IsDown)
        {
            // A member without a leader keeps the proposal, and may get it through when there is one again.
            if (simulation.Random.Next(2) == 0) _ = ArriveLateAsync(transaction, TimeSpan.Zero);
            return await TimeOutAsync();
        }

        var outcome = await store.CommitAsync(transaction, CancellationToken.None);
        if (Faults.Duplicates && outcome is CommitOutcome.Committed) _ = ArriveLateAsync(transaction, simulation.Between(1, 100));
        if (fault == CommitFault.LostAnswer) return await LoseAnswerAsync();
        await TravelAsync();
        return CutOff.HasFlag(Direction.FromStore) ? await LoseAnswerAsync() : outcome;

        Task<CommitOutcome> LoseAnswerAsync()
        {
            if (outcome is CommitOutcome.Committed) health.LostAcknowledgements++;
            return TimeOutAsync();
        }
    }

    private async Task ArriveLateAsync(StoreTransaction transaction, TimeSpan after)
    {
        await simulation.Delay(after);
        while (health.IsDown) await simulation.Delay(simulation.Between(1, 50));
        await store.CommitAsync(transaction, CancellationToken.None);
    }

    private async Task<CommitOutcome> TimeOutAsync()
    {
        await simulation.Delay(health.CallTimeout);
        return new CommitOutcome.Unknown("The commit was not answered.");
    }

    private Task TravelAsync() => simulation.Delay(simulation.Between(0.05, Faults.Latency));

    private bool Hits(int ofHundred) => ofHundred > 0 && simulation.Random.Next(100) < ofHundred;

    private CommitFault Dice() =>
        Hits(Faults.LostRequests) ? CommitFault.LostRequest : Hits(Faults.LostAnswers) ? CommitFault.LostAnswer : Hits(Faults.LateRequests) ? CommitFault.LateRequest : CommitFault.None;
}
