using Dapper;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>Answers to requests that carried an idempotency key: the same key within <see cref="Kept"/> gives the same answer.</summary>
public sealed class IdempotencyTable
{
    /// <summary>For how long an answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly RepositoryDatabase _database;
    private readonly TimeProvider _time;

    internal IdempotencyTable(RepositoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Takes a key, before anything is done.</summary>
    /// <param name="key">The key with the name of whoever sent it: two people's keys are two keys.</param>
    /// <param name="fingerprint">Of the request.</param>
    /// <returns>Null when the key is new and now taken; else what it was taken for, which may not be answered yet (status 0).</returns>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task<KeptAnswer?> TakeAsync(string key, string fingerprint, CancellationToken cancellationToken) => _database.WriteAsync(async transaction =>
    {
        var connection = transaction.Connection!;
        var now = _time.GetUtcNow();
        await connection.ExecuteAsync("DELETE FROM idempotency WHERE key = @key AND at <= @old", new { key, old = Stamp.Of(now - Kept) }, transaction);
        var taken = await connection.ExecuteAsync("INSERT INTO idempotency (key, fingerprint, at, status) VALUES (@key, @fingerprint, @at, 0) ON CONFLICT (key) DO NOTHING", new { key, fingerprint, at = Stamp.Of(now) }, transaction);
        if (taken == 1) return null;
        var row = await connection.QuerySingleAsync<Stored>("SELECT fingerprint, status, content_type, body FROM idempotency WHERE key = @key", new { key }, transaction);
        return new KeptAnswer(row.Fingerprint, (int)row.Status, row.ContentType, row.Body);
    }, cancellationToken);

    /// <summary>Keeps the answer.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task KeepAsync(string key, KeptAnswer answer, CancellationToken cancellationToken) => _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE idempotency SET status = @status, content_type = @ContentType, body = @Body WHERE key = @key", new { key, status = (long)answer.Status, answer.ContentType, answer.Body }, transaction), cancellationToken);

    /// <summary>Gives a key back: nothing was done.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task ReleaseAsync(string key, CancellationToken cancellationToken) =>
        _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("DELETE FROM idempotency WHERE key = @key AND status = 0", new { key }, transaction), cancellationToken);

    private sealed class Stored
    {
        public string Fingerprint { get; set; } = "";

        public long Status { get; set; }

        public string? ContentType { get; set; }

        public string? Body { get; set; }
    }
}
