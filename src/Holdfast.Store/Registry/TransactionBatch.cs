using Holdfast.Store.State;

namespace Holdfast.Store.Registry;

/// <summary>Puts small groups of conditions and writes together into transactions that every store takes (<see cref="TransactionRules"/>). A group is never cut.</summary>
public sealed class TransactionBatch
{
    // Room for keys and for what a store adds.
    private const int MostBytes = TransactionRules.MaxBytes / 2;

    private readonly List<StoreCondition> _conditions = [];
    private readonly List<StoreWrite> _writes = [];
    private int _bytes;

    /// <summary>Adds a group.</summary>
    /// <returns>The transaction that was full before it; null while there is room.</returns>
    public StoreTransaction? Add(IReadOnlyCollection<StoreCondition> conditions, IReadOnlyCollection<StoreWrite> writes)
    {
        var bytes = writes.Sum(write => write.Key.Length + (write.Value?.Length ?? 0));
        var full = _conditions.Count + conditions.Count > StoreTransaction.MaxOperations || _writes.Count + writes.Count > StoreTransaction.MaxOperations || _bytes + bytes > MostBytes ? Rest() : null;
        _conditions.AddRange(conditions);
        _writes.AddRange(writes);
        _bytes += bytes;
        return full;
    }

    /// <summary>Takes what was added since; null when there is nothing.</summary>
    public StoreTransaction? Rest()
    {
        if (_writes.Count == 0 && _conditions.Count == 0) return null;
        var rest = new StoreTransaction([.. _conditions], [.. _writes]);
        _conditions.Clear();
        _writes.Clear();
        _bytes = 0;
        return rest;
    }
}
