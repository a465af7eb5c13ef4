using System.Runtime.CompilerServices;
using Holdfast.Simulation.Engine;
using Holdfast.Store;

namespace Holdfast.Simulation.Stores;

/// <summary>One node's way to the store: late, lossy, or cut. What was sent before a cut may still arrive; what was asked of a dead node's connection never answers.</summary>
internal sealed class FaultyStore(IClusterStore store, SimulationRun simulation) : IClusterStore
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMilliseconds(150);
    private CancellationTokenSource _watches = new();
    private Signal _watching = Set();

    public StoreFaults Faults { get; set; } = StoreFaults.None;

    /// <summary>Gets or sets a fault for particular commits; null leaves it to the dice.</summary>
    public Func<StoreTransaction, CommitFault?>? Directed { get; set; }

    public bool IsCut { get; private set; }

    /// <summary>Cuts the connection: calls end as unknown, watches break.</summary>
    public void Cut()
    {
        IsCut = true;
        Interlocked.Exchange(ref _watches, new()).Cancel();
    }

    public void Heal() => IsCut = false;

    /// <summary>Lets watches stay silent without breaking.</summary>
    public void StallWatches() => _watching = new();

    public void ResumeWatches() => _watching.Set();

    /// <inheritdoc/>
    public async Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        await TravelAsync(cancellationToken);
        if (IsCut || Hits(Faults.FailedReads))
        {
            await simulation.Delay(CallTimeout, cancellationToken);
            throw new StoreUnavailableException("The read was not answered.");
        }

        var read = await store.ReadAsync(prefix, cancellationToken);
        await TravelAsync(cancellationToken);
        return IsCut ? throw new StoreUnavailableException("The answer to a read was lost.") : read;
    }

    /// <inheritdoc/>
    public async Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var fault = Directed?.Invoke(transaction) ?? Dice();
        if (fault == CommitFault.LateRequest && !IsCut) _ = ArriveLateAsync(transaction);
        await TravelAsync(cancellationToken);
        if (IsCut || fault is CommitFault.LostRequest or CommitFault.LateRequest) return await TimeOutAsync(cancellationToken);
        var outcome = await store.CommitAsync(transaction, CancellationToken.None);
        if (fault == CommitFault.LostAnswer) return await TimeOutAsync(cancellationToken);
        await TravelAsync(cancellationToken);
        return IsCut ? await TimeOutAsync(cancellationToken) : outcome;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var broken = _watches.Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken);
        if (IsCut) throw new StoreUnavailableException("The store cannot be watched.");
        await using var changes = store.WatchAsync(prefix, afterRevision, either.Token).GetAsyncEnumerator(either.Token);
        while (true)
        {
            try
            {
                if (!await changes.MoveNextAsync()) yield break;
                await TravelAsync(either.Token);
                await _watching.Task.WaitAsync(either.Token);
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

    private async Task ArriveLateAsync(StoreTransaction transaction)
    {
        await simulation.Delay(simulation.Between(1, 1500));
        await store.CommitAsync(transaction, CancellationToken.None);
    }

    private async Task<CommitOutcome> TimeOutAsync(CancellationToken cancellationToken)
    {
        await simulation.Delay(CallTimeout, cancellationToken);
        return new CommitOutcome.Unknown("The commit was not answered.");
    }

    private Task TravelAsync(CancellationToken cancellationToken) => simulation.Delay(simulation.Between(0.05, Faults.Latency), cancellationToken);

    private bool Hits(int ofHundred) => ofHundred > 0 && simulation.Random.Next(100) < ofHundred;

    private CommitFault Dice() =>
        Hits(Faults.LostRequests) ? CommitFault.LostRequest : Hits(Faults.LostAnswers) ? CommitFault.LostAnswer : Hits(Faults.LateRequests) ? CommitFault.LateRequest : CommitFault.None;
}
