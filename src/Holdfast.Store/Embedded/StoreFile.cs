using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Store.State;
using Microsoft.Data.Sqlite;

namespace Holdfast.Store.Embedded;

/// <summary>
/// The SQLite file behind <see cref="SqliteClusterStore"/>: what was committed, and the changes kept for watchers. Used by
/// one thread at a time.
/// </summary>
internal sealed class StoreFile : IDisposable
{
    private const int ApplicationId = 0x484F4C44; // "HOLD": lets file(1) and a human tell whose file it is.
    private const int Format = 1;

    private const string Schema = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE records (key TEXT PRIMARY KEY, value BLOB NOT NULL, revision INTEGER NOT NULL) STRICT;
        CREATE TABLE changes (revision INTEGER NOT NULL, key TEXT NOT NULL, value BLOB) STRICT;
        CREATE INDEX changes_by_revision ON changes (revision);
        """;

    private readonly SqliteConnection _connection;

    private StoreFile(SqliteConnection connection) => _connection = connection;

    /// <summary>Gets the id made when the file was created.</summary>
    public string StoreId { get; private set; } = "";

    /// <summary>Opens the file, creating it when it does not exist.</summary>
    /// <exception cref="HoldfastException"><c>store.damaged</c>, <c>store.newer</c> or <c>store.foreign</c>.</exception>
    public static StoreFile Open(string path)
    {
        SqliteLibrary.Load();

        // Pooling would keep the file open after Dispose.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            connection.Open();
            var file = new StoreFile(connection);
            file.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            file.Prepare(path);
            return file;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new HoldfastException(ErrorKind.Unavailable, "store.damaged", $"The store {path} cannot be opened: {e.Message}", "Put back a copy of the state folder, or look at the disk.", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads everything as of the last commit.</summary>
    public StoreState Load()
    {
        using var cut = _connection.BeginTransaction(deferred: true);
        var records = ImmutableSortedDictionary.CreateBuilder<string, StoreRecord>(StringComparer.Ordinal);
        using var command = Command("SELECT key, value, revision FROM records", cut);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var key = reader.GetString(0);
            records.Add(key, new StoreRecord(key, reader.GetFieldValue<byte[]>(1), reader.GetInt64(2)));
        }

        return new StoreState((long)Meta("revision", cut), records.ToImmutable());
    }

    /// <summary>Fills a feed with the changes kept, so that watchers go on across a restart.</summary>
    public ChangeFeed LoadFeed(ChangeRetention retention)
    {
        using var cut = _connection.BeginTransaction(deferred: true);
        var feed = new ChangeFeed((long)Meta("compacted", cut), retention);
        using var command = Command("SELECT revision, key, value FROM changes ORDER BY revision, rowid", cut);
        using var reader = command.ExecuteReader();
        var (revision, items) = (0L, ImmutableArray.CreateBuilder<StoreChange.Item>());
        while (reader.Read())
        {
            if (reader.GetInt64(0) != revision && items.Count > 0)
            {
                feed.Append(new StoreChange(revision, items.DrainToImmutable()));
            }

            revision = reader.GetInt64(0);
            items.Add(new(reader.GetString(1), reader.IsDBNull(2) ? null : (ReadOnlyMemory<byte>?)reader.GetFieldValue<byte[]>(2)));
        }

        if (items.Count > 0)
        {
            feed.Append(new StoreChange(revision, items.DrainToImmutable()));
        }

        return feed;
    }

    /// <summary>Makes a change durable: when this returns, it survives the loss of power.</summary>
    public void Write(StoreChange change)
    {
        using var cut = _connection.BeginTransaction();
        using var put = Command("INSERT INTO records (key, value, revision) VALUES ($key, $value, $revision) ON CONFLICT (key) DO UPDATE SET value = $value, revision = $revision", cut);
        using var delete = Command("DELETE FROM records WHERE key = $key", cut);
        using var log = Command("INSERT INTO changes (revision, key, value) VALUES ($revision, $key, $value)", cut);
        foreach (var (key, value) in change.Changes)
        {
            if (value is { } bytes)
            {
                Run(put, ("$key", key), ("$value", bytes.ToArray()), ("$revision", change.Revision));
                Run(log, ("$revision", change.Revision), ("$key", key), ("$value", bytes.ToArray()));
            }
            else
            {
                Run(delete, ("$key", key));
                Run(log, ("$revision", change.Revision), ("$key", key), ("$value", DBNull.Value));
            }
        }

        SetMeta("revision", change.Revision, cut);
        cut.Commit();
    }

    /// <summary>Forgets the changes up to and including a revision.</summary>
    public void Compact(long revision)
    {
        using var cut = _connection.BeginTransaction();
        using var delete = Command("DELETE FROM changes WHERE revision <= $revision", cut);
        Run(delete, ("$revision", revision));
        SetMeta("compacted", revision, cut);
        cut.Commit();
    }

    public void Dispose() => _connection.Dispose();

    private void Prepare(string path)
    {
        using var creation = _connection.BeginTransaction();
        var format = (long)Scalar("PRAGMA user_version", creation)!;
        var application = (long)Scalar("PRAGMA application_id", creation)!;
        var isEmpty = (long)Scalar("SELECT count(*) FROM sqlite_schema", creation)! == 0;
        if (isEmpty)
        {
            using var schema = Command($"{Schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Format};", creation);
            schema.ExecuteNonQuery();
            SetMeta("store", Guid.NewGuid().ToString("n"), creation);
            SetMeta("revision", StoreState.Empty.Revision, creation);
            SetMeta("compacted", StoreState.Empty.Revision, creation);
        }
        else if (application != ApplicationId)
        {
            throw new HoldfastException(ErrorKind.Conflict, "store.foreign", $"{path} is not a Holdfast store.", "Use another state folder.");
        }
        else if (format > Format)
        {
            throw new HoldfastException(ErrorKind.Conflict, "store.newer", $"{path} has format {format}; this version knows formats up to {Format}.", "Install the newer version again.");
        }

        StoreId = (string)Meta("store", creation);
        creation.Commit();
    }

    private object Meta(string name, SqliteTransaction cut)
    {
        using var command = Command("SELECT value FROM meta WHERE name = $name", cut);
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() ?? throw new HoldfastException(ErrorKind.Unavailable, "store.damaged", $"The store has no '{name}'.", "Put back a copy of the state folder.");
    }

    private void SetMeta(string name, object value, SqliteTransaction cut)
    {
        using var command = Command("INSERT INTO meta (name, value) VALUES ($name, $value) ON CONFLICT (name) DO UPDATE SET value = $value", cut);
        Run(command, ("$name", name), ("$value", value));
    }

    private object? Scalar(string sql, SqliteTransaction cut)
    {
        using var command = Command(sql, cut);
        return command.ExecuteScalar();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, SqliteTransaction cut)
    {
        var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, cut);
        return command;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
