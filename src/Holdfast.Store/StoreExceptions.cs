using Holdfast.Cluster;

namespace Holdfast.Store;

/// <summary>The store cannot be asked now: no quorum, no connection, or no answer in time.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null)
    : HoldfastException(ErrorKind.Unavailable, "store.unavailable", message, "Bring back a node or the witness; 'holdfast cluster status' names who is missing.", inner);

/// <summary>A watch asked for revisions that the store no longer keeps.</summary>
public sealed class StoreCompactedException(long compactRevision)
    : HoldfastException(ErrorKind.Conflict, "store.compacted", $"Revisions up to {compactRevision} are no longer kept.", "Read afresh and watch from there.")
{
    /// <summary>Gets the oldest revision still kept.</summary>
    public long CompactRevision { get; } = compactRevision;
}
