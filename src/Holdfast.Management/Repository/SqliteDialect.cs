using System.Data;
using System.Data.Common;
using Dapper;
using Holdfast.Store.Embedded;
using Microsoft.Data.Sqlite;

namespace Holdfast.Management.Repository;

/// <summary>A file on the machine of the management service: one machine's history.</summary>
internal sealed class SqliteDialect : ISqlDialect
{
    private const int Constraint = 19;
    private const int Misuse = 21;
    private const int Range = 25;
    private const int Error = 1;
    private readonly string _connection;

    public SqliteDialect(string path)
    {
        Spoken = path;
        _connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
    }

    /// <inheritdoc/>
    public string Kind => "sqlite";

    /// <inheritdoc/>
    public string Spoken { get; }

    /// <inheritdoc/>
    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        SqliteLibrary.Load();
        if (Path.GetDirectoryName(Spoken) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var connection = new SqliteConnection(_connection);
        try
        {
            await connection.OpenAsync(cancellationToken);
            // Full: what a person was told is done must outlive a power cut. Readers never wait for the writer.
            await connection.ExecuteAsync("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768; PRAGMA mmap_size = 1073741824;");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(IsolationLevel.Serializable, deferred: false)); // BEGIN IMMEDIATE: one writer at a time.

    /// <inheritdoc/>
    public Task LockSchemaAsync(DbTransaction transaction, CancellationToken cancellationToken) => Task.CompletedTask; // It is the writer already.

    /// <inheritdoc/>
    public async Task<bool> HasTableAsync(DbTransaction transaction, string table) =>
        await transaction.Connection!.ExecuteScalarAsync<long>("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = @table", new { table }, transaction) > 0;

    /// <inheritdoc/>
    public string Translate(string migration) => migration
        .Replace("{key}", "INTEGER PRIMARY KEY AUTOINCREMENT", StringComparison.Ordinal) // Autoincrement: the number of a row that was deleted never comes again.
        .Replace("{int}", "INTEGER", StringComparison.Ordinal).Replace("{real}", "REAL", StringComparison.Ordinal)
        .Replace("{text}", "TEXT", StringComparison.Ordinal).Replace("{clustered}", " STRICT, WITHOUT ROWID", StringComparison.Ordinal).Replace("{strict}", " STRICT", StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool IsOutage(Exception exception) => exception is SqliteException { SqliteErrorCode: not (Error or Constraint or Misuse or Range) } or IOException or UnauthorizedAccessException;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connection);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}
