using System.Collections.Immutable;
using Holdfast.Store.Etcd.Grpc;
using Npgsql;

namespace Holdfast.Store.Postgres;

/// <summary>
/// The hosts of a shared database, and calls to the one that is used now; a call that fails makes the next one go to the next host. A call that
/// takes too long is left behind with its connection: to cancel it, the driver would ask the server, which would make a commit
/// visible that its standby does not have, and would wait for a server that is off.
/// </summary>
internal sealed class PostgresHosts(PostgresOptions options) : IAsyncDisposable
{
    private readonly ImmutableArray<NpgsqlDataSource> _sources = [.. options.Address.Hosts.Select(host => Connect(options, host))];
    private int _current;

    /// <summary>Gets the host that is used now.</summary>
    public NpgsqlDataSource Current => _sources[Volatile.Read(ref _current)];

    /// <summary>Gets how many there are.</summary>
    public int Count => _sources.Length;

    /// <summary>Runs one call on a connection of its own, for no longer than until the token is cancelled.</summary>
    /// <exception cref="StoreUnavailableException">The server warned: whatever it did may not last.</exception>
    public async Task<T> CallAsync<T>(Func<NpgsqlConnection, Task<T>> act, CancellationToken deadline)
    {
        var used = Volatile.Read(ref _current);
        Task<T>? acting = null;
        try
        {
            var connection = await _sources[used].OpenConnectionAsync(deadline);
            acting = ActAsync(connection, act);
            return await acting.WaitAsync(deadline);
        }
        catch (Exception exception) when (exception is not (PostgresException { SqlState: PostgresDatabase.Moved or PostgresDatabase.NotSynchronous } or StoreCompactedException))
        {
            if (acting is { IsCompleted: false })
            {
                acting.Forget();
                _sources[used].Clear(); // What is idle is to the same server.
            }

            Interlocked.CompareExchange(ref _current, (used + 1) % _sources.Length, used);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources) await source.DisposeAsync();
    }

    private static async Task<T> ActAsync<T>(NpgsqlConnection connection, Func<NpgsqlConnection, Task<T>> act)
    {
        await using (connection)
        {
            string? warned = null;
            connection.Notice += (_, notice) => warned ??= notice.Notice.Severity is "WARNING" ? notice.Notice.MessageText : null;
            var result = await act(connection);
            // Somebody cancelled the wait for the standby: it is committed here, and perhaps nowhere else.
            return warned is null ? result : throw new StoreUnavailableException($"The database warned: {warned}.");
        }
    }

    private static NpgsqlDataSource Connect(PostgresOptions options, string host)
    {
        var builder = new NpgsqlDataSourceBuilder(options.Address.Connection.ConnectionString);
        var connection = builder.ConnectionStringBuilder;
        connection.Host = host;
        connection.ApplicationName = "holdfast";
        connection.Timeout = 2;
        connection.CommandTimeout = 0; // Its end would be a cancellation.
        connection.KeepAlive = 1;
        connection.MaxPoolSize = 64;
        connection.ConnectionIdleLifetime = 60;
        // What is left behind ends by itself, unless it waits for the standby.
        connection.Options = "-c synchronous_commit=on -c lock_timeout=5000 -c idle_in_transaction_session_timeout=5000 -c client_min_messages=warning -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3";
        return builder.Build();
    }
}
