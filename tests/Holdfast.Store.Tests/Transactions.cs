using System.Text;

namespace Holdfast.Store.Tests;

/// <summary>Short words for transactions.</summary>
internal static class Transactions
{
    public static StoreTransaction Put(string key, string value) => Writes((key, value));

    public static StoreTransaction Writes(params (string Key, string? Value)[] writes) =>
        new([], [.. writes.Select(write => new StoreWrite(write.Key, write.Value is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(write.Value)))]);

    public static StoreTransaction If(this StoreTransaction transaction, string key, long revision) =>
        transaction with { Conditions = transaction.Conditions.Add(new(key, revision)) };

    public static string Text(this ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    public static string Text(this StoreChange.Item item) => item.Value is { } value ? $"{item.Key}={value.Text()}" : $"{item.Key} deleted";

    public static async Task<long> MustCommitAsync(this IClusterStore store, StoreTransaction transaction) =>
        Assert.IsType<CommitOutcome.Committed>(await store.CommitAsync(transaction, CancellationToken.None)).Revision;
}
