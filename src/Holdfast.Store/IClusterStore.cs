namespace Holdfast.Store;

/// <summary>
/// The strongly consistent record of the cluster. All implementations pass the same contract suite
/// (<c>tests/Holdfast.Store.Tests/ClusterStoreContract</c>).
/// </summary>
/// <remarks>
/// Revisions are positive, grow by one with each committed transaction that writes, and order everything. Nothing here
/// retries: whether an attempt may be repeated is the caller's knowledge (leases rule 1).
/// </remarks>
public interface IClusterStore : IAsyncDisposable
{
    /// <summary>Reads every record under <paramref name="prefix"/> as of one revision, linearizably.</summary>
    /// <exception cref="StoreUnavailableException">The store has no quorum or did not answer in time.</exception>
    Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Commits all writes if all conditions hold, or none.</summary>
    /// <returns>Committed, Conflict (a condition did not hold; nothing was written) or Unknown (it may or may not have been committed). Never throws for an unreachable store.</returns>
    Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Streams what changed under <paramref name="prefix"/> after <paramref name="afterRevision"/>, one item per revision, in
    /// order and without gaps; items without changes tell progress. Ends only by cancellation or an exception.
    /// </summary>
    /// <exception cref="StoreCompactedException">Revisions in between are gone: read afresh and watch from there.</exception>
    /// <exception cref="StoreUnavailableException">The connection or the quorum was lost; watch again from the last revision seen.</exception>
    IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, CancellationToken cancellationToken);
}
