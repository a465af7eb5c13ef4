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
        if (conditions.IsDefault || writes.IsDefault)
        {
            throw Refuse("has no list of conditions or of writes");
        }

        if (conditions.Length > StoreTransaction.MaxOperations || writes.Length > StoreTransaction.MaxOperations)
        {
            throw Refuse($"has {conditions.Length} conditions and {writes.Length} writes; at most {StoreTransaction.MaxOperations} of each are allowed");
        }

        var bytes = 0L;
        foreach (var condition in conditions)
        {
            bytes += KeyBytes(condition.Key);
        }

        var written = writes.Length > 1 ? new HashSet<string>(writes.Length, StringComparer.Ordinal) : null;
        foreach (var write in writes)
        {
            bytes += KeyBytes(write.Key) + (write.Value?.Length ?? 0);
            if (written?.Add(write.Key) == false)
            {
                throw Refuse($"writes the key '{write.Key}' twice");
            }
        }

        if (bytes > MaxBytes)
        {
            throw Refuse($"holds {bytes} bytes of keys and values; at most {MaxBytes} are allowed");
        }
    }

    private static int KeyBytes(string key) =>
        string.IsNullOrEmpty(key) ? throw Refuse("names an empty key") : Encoding.UTF8.GetByteCount(key);

    private static HoldfastException Refuse(string what) => new(ErrorKind.Invalid, "store.transaction", $"The transaction {what}.");
}
