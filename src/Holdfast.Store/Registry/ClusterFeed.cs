using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;

namespace Holdfast.Store.Registry;

/// <summary>What this node knows of the store at one moment: one cut, and when it first saw each lease as it is in that cut.</summary>
public sealed record FeedState(string StoreId, ClusterView View, ImmutableDictionary<NodeName, LeaseObservation> Sightings);

/// <summary>
/// Follows the store with one watch over its root (leases rule 8). When the watch breaks it reads afresh and goes on; what it
/// knew stays readable meanwhile, because an old view can only lose a compare-and-swap, never win one.
/// </summary>
public sealed class ClusterFeed(IClusterStore store, INodeClock clock, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan OutgrownDelay = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private Signal _changed = new();
    private CancellationTokenSource _resync = new();

    /// <summary>Gets the present state; null until the first read succeeded.</summary>
    public FeedState? Current { get; private set; }

    /// <summary>Gets the revision up to which everything was received.</summary>
    public long Position { get; private set; }

    /// <summary>Gets what is wrong with the connection; null while the watch is up.</summary>
    public string? Trouble { get; private set; } = "not connected yet";

    /// <summary>Gets why this build cannot read the store (any more): its records have a newer format. Null while it can. It stays so until another build runs here.</summary>
    public HoldfastException? Outgrown { get; private set; }

    /// <summary>Raised when the store is another one, or went back: the incarnation must end (leases rule 17). <see cref="Current"/> still is what was known before.</summary>
    public event Action<string>? StoreWentBack;

    /// <summary>Completes at the next change after <paramref name="since"/>; at once when it is already outdated.</summary>
    public Task WaitForChangeAsync(FeedState? since, CancellationToken cancellationToken)
    {
        var signal = Volatile.Read(ref _changed);
        return ReferenceEquals(since, Current) ? signal.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Drops the watch and reads afresh: for a watch that fell behind what the store answered.</summary>
    public void Resync()
    {
        try
        {
            Volatile.Read(ref _resync).Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The watch ended at this moment and is made anew anyway.
        }
    }

    /// <summary>Reads once now, linearizably, and takes the result as the present state if it is newer.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    /// <exception cref="HoldfastException">Code <c>format.too-new</c>: this build cannot read it.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync("", cancellationToken);
        lock (_gate)
        {
            // The watch may have run ahead of this answer meanwhile.
            if (Current is null || (read.StoreId == Current.StoreId && read.Revision >= Position)) Publish(read.StoreId, ViewBuilder.From(read), read.Revision);
        }
    }

    /// <summary>Follows the store until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var resync = new CancellationTokenSource();
            Volatile.Write(ref _resync, resync);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(resync.Token, cancellationToken);
            try
            {
                var positionBefore = Position;
                var read = await store.ReadAsync("", linked.Token);
                Take(read, positionBefore);
                Trouble = null;
                await foreach (var change in store.WatchAsync("", read.Revision, linked.Token)) Take(change);
            }
            catch (OperationCanceledException) when (linked.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is StoreUnavailableException or StoreCompactedException)
            {
                Trouble = exception.Message;
                await time.PauseAsync(RetryDelay, cancellationToken);
            }
            catch (HoldfastException outgrown) when (outgrown.Code == StoreFormat.TooNewCode)
            {
                (Trouble, Outgrown) = (outgrown.Message, outgrown);
                Interlocked.Exchange(ref _changed, new()).Set(); // Nothing that is known has changed; whether it may be acted on has.
                await time.PauseAsync(OutgrownDelay, cancellationToken);
            }
        }
    }

    private void Take(StoreView read, long positionBefore)
    {
        lock (_gate)
        {
            if (Current is { } known)
            {
                var wentBack = known.StoreId != read.StoreId ? $"the store is another one: {read.StoreId} instead of {known.StoreId}"
                    : read.Revision < positionBefore ? $"the store went back from revision {positionBefore} to {read.Revision}" : null;
                if (wentBack is null && read.Revision < Position) return;
                if (wentBack is not null)
                {
                    StoreWentBack?.Invoke(wentBack);
                    Current = null; // An equal revision of another history must not go on counting from when this one was seen.
                }
            }

            Publish(read.StoreId, ViewBuilder.From(read), read.Revision);
        }
    }

    private void Take(StoreChange change)
    {
        lock (_gate)
        {
            var known = Current!;
            if (change.Changes.IsEmpty || change.Revision <= known.View.Revision)
            {
                Position = Math.Max(Position, change.Revision);
                return;
            }

            Publish(known.StoreId, ViewBuilder.After(known.View, change), change.Revision);
        }
    }

    private void Publish(string storeId, ClusterView view, long position)
    {
        // A revision is counted from when it was first received, also across a reconnect: never from a disconnect, a read's
        // send time or a time in the record (leases rule 2).
        var now = clock.Now;
        var before = Current?.Sightings ?? ImmutableDictionary<NodeName, LeaseObservation>.Empty;
        var sightings = before;
        foreach (var (node, lease) in view.Leases)
        {
            if (!before.TryGetValue(node, out var seen) || seen.Revision != lease.Revision) sightings = sightings.SetItem(node, new(lease.Revision, now));
        }

        Current = new FeedState(storeId, view, sightings);
        Position = position;
        Interlocked.Exchange(ref _changed, new()).Set();
    }
}
