using System.Collections.Immutable;
using System.Data;
using System.Runtime.CompilerServices;
using Holdfast.Cluster;
using Holdfast.Store.State;
using Npgsql;
using NpgsqlTypes;

namespace Holdfast.Store.Postgres;

/// <summary>The store in a PostgreSQL database that all nodes reach.</summary>
/// <remarks>
/// A transaction is one call of a function in the database, which takes the lock on the one row with the revision. The database is
/// told from another by its system identifier and timeline in every call (leases rule 18): one that was promoted or restored is
/// refused until <see cref="PostgresDatabase.AdoptAsync"/>.
/// </remarks>
public sealed class PostgresClusterStore : IClusterStore
{
    /// <summary>How many revisions a watch reads at once.</summary>
    private const int BatchRevisions = 256;

    private readonly PostgresOptions _options;
    private readonly PostgresHosts _hosts;
    private readonly string _schema;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _listening;
    private Signal _notified = new();
    private int _closed;

    /// <summary>Connects when it is first asked.</summary>
    public PostgresClusterStore(PostgresOptions options)
    {
        _options = options;
        _schema = PostgresDatabase.Quote(options.Schema);
        _hosts = new PostgresHosts(options);
        _listening = ListenAsync(_closing.Token);
    }

    /// <inheritdoc/>
    public async Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await WithinAsync(_options.ReadTimeout, cancellationToken, async connection =>
            {
                // In the same transaction as the read, and it writes: on a database that lost its standby without knowing, it waits.
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
                var view = await PostgresDatabase.ReadAsync(connection, _schema, prefix);
                await transaction.CommitAsync();
                return view;
            });
        }
        catch (Exception exception) when (IsRefusal(exception, cancellationToken))
        {
            throw new StoreUnavailableException(Spoken(exception), exception);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="HoldfastException"><c>store.transaction</c>: it could never be committed.</exception>
    public async Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        TransactionRules.Check(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        if (Volatile.Read(ref _closed) != 0) return new CommitOutcome.Unknown("The store was closed.");
        try
        {
            return await WithinAsync(_options.CommitTimeout, cancellationToken, connection => CommitAsync(connection, transaction));
        }
        catch (Exception exception) when (IsRefusal(exception, cancellationToken))
        {
            return new CommitOutcome.Unknown(Spoken(exception));
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (seen, told) = (afterRevision, afterRevision);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var notified = Volatile.Read(ref _notified).Task; // Before the look: what comes after it wakes.
            var (upTo, batch) = await ChangesAsync(seen, cancellationToken);
            foreach (var change in batch)
            {
                var under = ChangeFeed.Under(prefix, change);
                if (under.Changes.IsEmpty) continue;
                told = under.Revision;
                yield return under;
            }

            if (upTo > seen)
            {
                seen = upTo;
                if (told < seen) yield return new StoreChange(told = seen, []);
                continue;
            }

            await Task.WhenAny(notified, Task.Delay(_options.PollInterval, TimeProvider.System, cancellationToken));
        }
    }

    /// <summary>Forgets the changes up to and including a revision, as happens by itself beyond what is kept.</summary>
    public async Task CompactAsync(long revision, CancellationToken cancellationToken) => await WithinAsync(_options.CommitTimeout, cancellationToken, async connection =>
    {
        await using var command = new NpgsqlCommand($"SELECT {_schema}.compact($1)", connection) { Parameters = { new() { Value = revision } } };
        return await command.ExecuteNonQueryAsync();
    });

    /// <summary>Closes the connections; every watch ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        await _closing.CancelAsync();
        await _listening;
        Volatile.Read(ref _notified).Set();
        await _hosts.DisposeAsync();
    }

    private async Task<CommitOutcome> CommitAsync(NpgsqlConnection connection, StoreTransaction transaction)
    {
        await using var command = new NpgsqlCommand($"SELECT committed, at FROM {_schema}.commit($1, $2, $3, $4, $5)", connection)
        {
            Parameters =
            {
                new() { Value = transaction.Conditions.Select(condition => condition.Key).ToArray() },
                new() { Value = transaction.Conditions.Select(condition => condition.Revision).ToArray() },
                new() { Value = transaction.Writes.Select(write => write.Key).ToArray() },
                new() { Value = transaction.Writes.Select(write => write.Value?.ToArray()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                new() { Value = _options.KeptRevisions },
            },
        };
        bool committed;
        long at;
        await using (var reader = await command.ExecuteReaderAsync())
        {
            await reader.ReadAsync();
            (committed, at) = (reader.GetBoolean(0), reader.GetInt64(1));
            await reader.CloseAsync(); // The row comes before the commit; only this waits for the end of it.
        }

        return committed ? new CommitOutcome.Committed(at) : new CommitOutcome.Conflict(at);
    }

    private async Task<(long UpTo, ImmutableArray<StoreChange> Batch)> ChangesAsync(long after, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _closed) != 0) throw new StoreUnavailableException("The store was closed.");
        try
        {
            return await WithinAsync(_options.ReadTimeout, cancellationToken, connection => ChangesAsync(connection, after));
        }
        catch (Exception exception) when (IsRefusal(exception, cancellationToken))
        {
            throw new StoreUnavailableException(Spoken(exception), exception);
        }
    }

    private async Task<(long UpTo, ImmutableArray<StoreChange> Batch)> ChangesAsync(NpgsqlConnection connection, long after)
    {
        // One statement is one cut; a range of revisions never cuts one in two.
        await using var command = new NpgsqlCommand(
            $"""
            SELECT m.revision, m.compacted, {_schema}.require(m)::text, c.revision, c.key, c.value
            FROM {_schema}.meta m LEFT JOIN {_schema}.changes c ON c.revision > $1 AND c.revision <= $1 + {BatchRevisions} ORDER BY c.revision, c.number
            """,
            connection) { Parameters = { new() { Value = after } } };
        var changes = ImmutableArray.CreateBuilder<StoreChange>();
        var items = ImmutableArray.CreateBuilder<StoreChange.Item>();
        var (newest, revision) = (0L, 0L);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            newest = reader.GetInt64(0);
            if (after < reader.GetInt64(1)) throw new StoreCompactedException(reader.GetInt64(1));
            if (reader.IsDBNull(3)) break;
            if (reader.GetInt64(3) != revision && items.Count > 0) changes.Add(new(revision, items.DrainToImmutable()));
            revision = reader.GetInt64(3);
            items.Add(new(reader.GetString(4), reader.IsDBNull(5) ? null : (ReadOnlyMemory<byte>?)reader.GetFieldValue<byte[]>(5)));
        }

        if (items.Count > 0) changes.Add(new(revision, items.DrainToImmutable()));
        return (Math.Min(newest, after + BatchRevisions), changes.ToImmutable());
    }

    /// <summary>Wakes watches when the database says that there is something. Only a hint: without it they look from time to time.</summary>
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await _hosts.Current.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, _) => Interlocked.Exchange(ref _notified, new()).Set();
                await using (var listen = new NpgsqlCommand($"LISTEN {PostgresDatabase.Quote(PostgresDatabase.Channel(_options.Schema))}", connection)) await listen.ExecuteNonQueryAsync(CancellationToken.None);
                while (true) await connection.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or TimeoutException or InvalidOperationException)
            {
                await TimeProvider.System.PauseAsync(_options.PollInterval, cancellationToken);
            }
        }
    }

    private async Task<T> WithinAsync<T>(TimeSpan limit, CancellationToken cancellationToken, Func<NpgsqlConnection, Task<T>> act)
    {
        if (Volatile.Read(ref _closed) != 0) throw new StoreUnavailableException("The store was closed.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        deadline.CancelAfter(limit);
        return await _hosts.CallAsync(act, deadline.Token);
    }

    // What the caller cancelled is the caller's; everything else is an answer.
    private static bool IsRefusal(Exception exception, CancellationToken caller) =>
        exception is NpgsqlException or TimeoutException or IOException or ObjectDisposedException or StoreUnavailableException || (exception is OperationCanceledException && !caller.IsCancellationRequested);

    private string Spoken(Exception exception) => exception switch
    {
        StoreUnavailableException known => known.Message,
        PostgresException { SqlState: PostgresDatabase.Moved } moved => $"{moved.MessageText}. Make sure that every other copy of the database is off, then: holdfast cluster recover.",
        PostgresException { SqlState: PostgresDatabase.NotSynchronous } weak => $"{weak.MessageText}: set synchronous_standby_names again.",
        PostgresException refused => $"The database refused: {refused.MessageText}.",
        OperationCanceledException or TimeoutException => $"The database {_options.Address} did not answer in time.",
        _ => $"The database {_options.Address} cannot be reached: {exception.Message}",
    };
}
