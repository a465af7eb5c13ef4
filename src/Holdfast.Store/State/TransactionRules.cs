using System.Text;
using Holdfast.Cluster;

namespace Holdfast.Store.State;

/// <summary>What every implementation refuses before it looks at the store: the limits of the strictest one, etcd.</summary>
public static class TransactionRules
{
    /// <summary>Keys and values of one transaction together. etcd refuses requests above 1.5 MiB, its own framing included.</summary>
    public const int MaxBytes = 1_500_000;

    /// <summary>Checks a transaction.</summary>
    /// <exception cref="HoldfastException"><c>store.transaction</c>: too many operations, too large, an empty key, or a key written twice.</exception>
    public static void Check(StoreTransaction transaction)
    {
        var (conditions, writes) = (transaction.Conditions, transaction.Writes);
        if (conditions.IsDefault || writes.IsDefault) throw Refuse("has no list of conditions or of writes");
        if (HasTooMany(transaction)) throw Refuse($"has {conditions.Length} conditions and {writes.Length} writes; at most {StoreTransaction.MaxOperations} of each are allowed");
        if (conditions.Any(condition => string.IsNullOrEmpty(condition.Key)) || writes.Any(write => string.IsNullOrEmpty(write.Key))) throw Refuse("names an empty key");

        var written = writes.Length > 1 ? new HashSet<string>(writes.Length, StringComparer.Ordinal) : null;
        foreach (var write in writes)
        {
            if (written?.Add(write.Key) == false) throw Refuse($"writes the key '{write.Key}' twice");
        }

        if (Bytes(transaction) is > MaxBytes and var bytes) throw Refuse($"holds {bytes} bytes of keys and values; at most {MaxBytes} are allowed");
    }

    /// <summary>Whether there is more in a transaction than a store takes at once.</summary>
    public static bool IsTooLarge(StoreTransaction transaction) => HasTooMany(transaction) || Bytes(transaction) > MaxBytes;

    private static bool HasTooMany(StoreTransaction transaction) => transaction.Conditions.Length > StoreTransaction.MaxOperations || transaction.Writes.Length > StoreTransaction.MaxOperations;

    private static long Bytes(StoreTransaction transaction) =>
        transaction.Conditions.Sum(condition => (long)Encoding.UTF8.GetByteCount(condition.Key)) + transaction.Writes.Sum(write => (long)Encoding.UTF8.GetByteCount(write.Key) + (write.Value?.Length ?? 0));

    private static HoldfastException Refuse(string what) => new(ErrorKind.Invalid, "store.transaction", $"The transaction {what}.");
}
