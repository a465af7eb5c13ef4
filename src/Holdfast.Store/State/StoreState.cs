using System.Collections.Immutable;

namespace Holdfast.Store.State;

/// <summary>Everything in a store at one revision, and how a transaction changes it. The stores that keep their records in this process share it.</summary>
internal sealed record StoreState(long Revision, ImmutableSortedDictionary<string, StoreRecord> Records)
{
    /// <summary>A new store. Revisions are positive, and etcd's first is 1 as well.</summary>
    public static StoreState Empty { get; } = new(1, ImmutableSortedDictionary.Create<string, StoreRecord>(StringComparer.Ordinal));

    /// <summary>Decides a transaction; the change is null when nothing was written.</summary>
    public (CommitOutcome Outcome, StoreState State, StoreChange? Change) Apply(StoreTransaction transaction)
    {
        foreach (var condition in transaction.Conditions)
        {
            if ((Records.TryGetValue(condition.Key, out var record) ? record.Revision : 0) != condition.Revision)
            {
                return (new CommitOutcome.Conflict(Revision), this, null);
            }
        }

        var revision = Revision + 1;
        var records = Records.ToBuilder();
        var items = ImmutableArray.CreateBuilder<StoreChange.Item>(transaction.Writes.Length);
        foreach (var write in transaction.Writes)
        {
            if (write.Value is { } value)
            {
                ReadOnlyMemory<byte> copy = value.ToArray(); // The caller may reuse its buffer.
                records[write.Key] = new StoreRecord(write.Key, copy, revision);
                items.Add(new(write.Key, copy));
            }
            else if (records.Remove(write.Key))
            {
                items.Add(new(write.Key, null));
            }
        }

        return items.Count == 0
            ? (new CommitOutcome.Committed(Revision), this, null)
            : (new CommitOutcome.Committed(revision), new StoreState(revision, records.ToImmutable()), new StoreChange(revision, items.DrainToImmutable()));
    }

    /// <summary>Returns the part under a prefix.</summary>
    public StoreView View(string storeId, string prefix)
    {
        if (prefix.Length == 0)
        {
            return new StoreView(storeId, Revision, Records);
        }

        var part = ImmutableSortedDictionary.CreateBuilder<string, StoreRecord>(StringComparer.Ordinal);
        foreach (var (key, record) in Records)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
            {
                part.Add(key, record);
            }
        }

        return new StoreView(storeId, Revision, part.ToImmutable());
    }
}
