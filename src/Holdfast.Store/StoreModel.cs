using System.Collections.Immutable;

namespace Holdfast.Store;

/// <summary>One record.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; never changed in place.</param>
/// <param name="Revision">The revision that last wrote it.</param>
public sealed record StoreRecord(string Key, ReadOnlyMemory<byte> Value, long Revision);

/// <summary>Everything under a prefix as of one revision.</summary>
/// <param name="StoreId">Identifies the store itself (the etcd cluster id, the id in the SQLite file): another id is another store (leases rule 17).</param>
/// <param name="Revision">The store's revision at the time of reading.</param>
/// <param name="Records">The records by key, in ordinal order.</param>
public sealed record StoreView(string StoreId, long Revision, ImmutableSortedDictionary<string, StoreRecord> Records);

/// <summary>What must hold for a transaction to be committed.</summary>
/// <param name="Key">The key.</param>
/// <param name="Revision">The revision that must have been the last to write it; 0 means it must not exist.</param>
public readonly record struct StoreCondition(string Key, long Revision);

/// <summary>One write of a transaction.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value; null deletes the record (deleting what does not exist is no error).</param>
public readonly record struct StoreWrite(string Key, ReadOnlyMemory<byte>? Value);

/// <summary>Conditions and writes, committed as one. At most <see cref="MaxOperations"/> of each; no key is written twice.</summary>
public sealed record StoreTransaction(ImmutableArray<StoreCondition> Conditions, ImmutableArray<StoreWrite> Writes)
{
    /// <summary>etcd allows 128 operations in one transaction.</summary>
    public const int MaxOperations = 2048;
}

/// <summary>What became of a transaction.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>It was committed at this revision.</summary>
    public sealed record Committed(long Revision) : CommitOutcome;

    /// <summary>A condition did not hold; the store was at this revision.</summary>
    public sealed record Conflict(long Revision) : CommitOutcome;

    /// <summary>It may or may not have been committed: time-out, unavailable, leader changed.</summary>
    public sealed record Unknown(string Reason) : CommitOutcome;
}

/// <summary>What one revision changed under the watched prefix; no changes means progress only.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Changes">The new state of each record changed; a null value means deleted.</param>
public sealed record StoreChange(long Revision, ImmutableArray<StoreChange.Item> Changes)
{
    /// <summary>One record's new state.</summary>
    public readonly record struct Item(string Key, ReadOnlyMemory<byte>? Value);
}
