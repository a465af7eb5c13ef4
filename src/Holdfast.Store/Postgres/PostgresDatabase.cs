using System.Collections.Immutable;
using System.Data;
using Holdfast.Cluster;
using Npgsql;
using NpgsqlTypes;

namespace Holdfast.Store.Postgres;

/// <summary>What is done to a shared database once: it is made a store, or taken for one again after it was promoted or restored.</summary>
public static class PostgresDatabase
{
    /// <summary>The error of a call to a database that was promoted, restored or copied.</summary>
    internal const string Moved = "HF001";

    /// <summary>The error of a call to a database that does not wait for its standby any more.</summary>
    internal const string NotSynchronous = "HF002";

    private const int Format = 1;
    private static readonly TimeSpan SetUpLimit = TimeSpan.FromSeconds(30);

    /// <summary>Makes a database the store of a cluster, when it is not one yet.</summary>
    /// <exception cref="HoldfastException">Codes <c>store.unavailable</c>, <c>store.postgres-refused</c>, <c>store.postgres-unsafe</c>: it could lose what it acknowledged; <c>store.newer</c>.</exception>
    public static async Task PrepareAsync(PostgresOptions options, CancellationToken cancellationToken)
    {
        var schema = Quote(options.Schema);
        await InTransactionAsync(options, async connection =>
        {
            await RequireSafeAsync(connection);
            if (await ScalarAsync(connection, "SELECT to_regclass($1)::text", $"{schema}.meta") is string)
            {
                var format = (int)(await ScalarAsync(connection, $"SELECT format FROM {schema}.meta"))!;
                if (format > Format) throw new HoldfastException(ErrorKind.Conflict, "store.newer", $"The store in {options.Address} has format {format}; this version knows formats up to {Format}.", "Install the newer version.");
                return;
            }

            await RunAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {schema}");
            await RunAsync(connection, Schema(options.Schema));
            // Revisions are positive, and every other store's first is 1 as well.
            await RunAsync(connection, $"INSERT INTO {schema}.meta SELECT true, {Format}, '{Guid.NewGuid():n}', {schema}.origin(), {schema}.is_synchronous(), 1, 1");
        }, cancellationToken);
    }

    /// <summary>Reads a store that refuses to be used because the database was promoted or restored; for whoever begins it anew.</summary>
    public static async Task<StoreView> ReadRefusedAsync(PostgresOptions options, CancellationToken cancellationToken)
    {
        StoreView? view = null;
        await InTransactionAsync(options, async connection => view = await ReadAsync(connection, Quote(options.Schema), "", require: false), cancellationToken);
        return view!;
    }

    /// <summary>
    /// Begins the store anew in the database as it is now: all records are replaced as one, and everybody who knew it before sees another store.
    /// </summary>
    /// <param name="options">The database.</param>
    /// <param name="judged">What was read before.</param>
    /// <param name="records">What the store begins with (leases rule 17).</param>
    /// <param name="cancellationToken">Gives up; whether it was done is then unknown.</param>
    /// <exception cref="HoldfastException">Code <c>store.conflict</c>: somebody was faster.</exception>
    public static Task AdoptAsync(PostgresOptions options, StoreView judged, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> records, CancellationToken cancellationToken)
    {
        var schema = Quote(options.Schema);
        return InTransactionAsync(options, async connection =>
        {
            await RequireSafeAsync(connection);
            await RunAsync(connection, $"LOCK TABLE {schema}.meta IN ACCESS EXCLUSIVE MODE");
            var revision = (long)(await ScalarAsync(connection, $"SELECT revision FROM {schema}.meta"))!;
            if (revision != judged.Revision) throw new HoldfastException(ErrorKind.Conflict, "store.conflict", "Somebody changed the store at the same moment.", "Look at 'holdfast cluster status', then try again.");
            await RunAsync(connection, $"DELETE FROM {schema}.records; DELETE FROM {schema}.changes");
            await using (var insert = new NpgsqlCommand($"INSERT INTO {schema}.records SELECT key, value, $3 FROM unnest($1, $2) AS w(key, value)", connection)
            {
                Parameters =
                {
                    new() { Value = records.Keys.ToArray() },
                    new() { Value = records.Values.Select(value => value.ToArray()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
                    new() { Value = revision + 1 },
                },
            })
            {
                await insert.ExecuteNonQueryAsync();
            }

            // A new id: who knew the store before must not take it for the same, even when the database came back to an old timeline.
            await RunAsync(connection, $"UPDATE {schema}.meta SET store = '{Guid.NewGuid():n}', origin = {schema}.origin(), synchronous = {schema}.is_synchronous(), revision = revision + 1, compacted = revision + 1");
        }, cancellationToken);
    }

    /// <summary>A name as SQL takes it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    internal static string Channel(string schema) => $"{schema}_changes";

    /// <summary>Reads what is under a prefix, as one cut: no commit comes between, because it would need the lock.</summary>
    internal static async Task<StoreView> ReadAsync(NpgsqlConnection connection, string schema, string prefix, bool require = true)
    {
        if (require) await RunAsync(connection, $"SELECT {schema}.locked()");
        await using var command = new NpgsqlCommand(
            $"SELECT m.store || '.' || m.origin, m.revision, r.key, r.value, r.revision FROM {schema}.meta m LEFT JOIN {schema}.records r ON starts_with(r.key, $1)", connection) { Parameters = { new() { Value = prefix } } };
        var records = ImmutableSortedDictionary.CreateBuilder<string, StoreRecord>(StringComparer.Ordinal);
        var (id, revision) = ("", 0L);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            (id, revision) = (reader.GetString(0), reader.GetInt64(1));
            if (!reader.IsDBNull(2)) records.Add(reader.GetString(2), new StoreRecord(reader.GetString(2), reader.GetFieldValue<byte[]>(3), reader.GetInt64(4)));
        }

        return new StoreView(id, revision, records.ToImmutable());
    }

    private static async Task RequireSafeAsync(NpgsqlConnection connection)
    {
        if ((string)(await ScalarAsync(connection, "SHOW fsync"))! != "on" || (string)(await ScalarAsync(connection, "SHOW full_page_writes"))! != "on")
            throw Unsafe("it runs with fsync or full_page_writes off, so that a power cut takes back what it acknowledged", "Switch both on.");
        if ((string)(await ScalarAsync(connection, "SHOW synchronous_standby_names"))! == "" && (long)(await ScalarAsync(connection, "SELECT count(*) FROM pg_stat_replication"))! > 0)
            throw Unsafe("it has standbys and does not wait for them, so that a failover takes back what it acknowledged", "Set synchronous_standby_names, or take the standbys away.");
    }

    private static async Task InTransactionAsync(PostgresOptions options, Func<NpgsqlConnection, Task> act, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SetUpLimit);
        await using var hosts = new PostgresHosts(options);
        for (var left = hosts.Count; ; left--)
        {
            using var one = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            one.CancelAfter(SetUpLimit / hosts.Count);
            try
            {
                await hosts.CallAsync(async connection =>
                {
                    await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
                    if ((bool)(await ScalarAsync(connection, "SELECT pg_is_in_recovery()"))!) throw new NpgsqlException("it is a standby");
                    await act(connection);
                    await transaction.CommitAsync();
                    return true;
                }, one.Token);
                return;
            }
            catch (PostgresException refused)
            {
                throw new HoldfastException(ErrorKind.Conflict, "store.postgres-refused", $"The database {options.Address} refused: {refused.MessageText}.", "Mend that, and try again; the user needs the right to create a schema.", refused);
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (left > 1) continue;
                throw new HoldfastException(ErrorKind.Unavailable, "store.postgres-unreachable", $"The database {options.Address} cannot be reached: {exception.Message}", "Check its address, and that this machine may connect to it.", exception);
            }
        }
    }

    private static HoldfastException Unsafe(string why, string hint) => new(ErrorKind.Conflict, "store.postgres-unsafe", $"The database cannot be a cluster's store: {why}.", hint);

    private static string Schema(string schema)
    {
        using var reader = new StreamReader(typeof(PostgresDatabase).Assembly.GetManifestResourceStream("schema.sql")!);
        return reader.ReadToEnd().Replace("{schema}", Quote(schema), StringComparison.Ordinal).Replace("{channel}", $"'{Channel(schema).Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync() is var result and not DBNull ? result : null;
    }
}
