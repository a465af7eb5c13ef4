using System.Diagnostics;
using Holdfast.Store;

namespace Holdfast.Agent.Tracing;

/// <summary>A store whose commits are spans, where they are part of a trace.</summary>
internal sealed class TracedStore(IClusterStore store) : IClusterStore
{
    /// <inheritdoc/>
    public Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken) => store.ReadAsync(prefix, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, CancellationToken cancellationToken) => store.WatchAsync(prefix, afterRevision, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    /// <inheritdoc/>
    public Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) =>
        Traces.Child("store commit", ActivityKind.Client) is { } span ? FollowAsync(span, transaction, cancellationToken) : store.CommitAsync(transaction, cancellationToken);

    private async Task<CommitOutcome> FollowAsync(Activity span, StoreTransaction transaction, CancellationToken cancellationToken)
    {
        using (span)
        {
            span.SetTag("holdfast.store.keys", string.Join(' ', transaction.Writes.Take(8).Select(write => write.Key))).SetTag("holdfast.store.writes", transaction.Writes.Length);
            var outcome = await store.CommitAsync(transaction, cancellationToken);
            span.SetTag("holdfast.store.outcome", outcome.GetType().Name.ToLowerInvariant());
            if (outcome is CommitOutcome.Committed committed) span.SetTag("holdfast.store.revision", committed.Revision);
            else if (outcome is CommitOutcome.Unknown unknown) span.Fail(unknown.Reason);
            return outcome;
        }
    }
}
