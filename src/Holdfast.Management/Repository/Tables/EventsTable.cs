using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>What nodes saw and did.</summary>
public sealed class EventsTable
{
    private static readonly KeyedList List = new("events", "at", "key, at, node, kind, role, resource, epoch, message, because");
    private readonly RepositoryDatabase _database;

    internal EventsTable(RepositoryDatabase database) => _database = database;

    /// <summary>Lists events.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public Task<Page<EventRow>> ListAsync(EventsQuery query, CancellationToken cancellationToken) =>
        KeyedList.ReadAsync<Stored, EventRow>(_database, Select(query), row => new PageKey(row.At, row.Key), row => row.Show(), cancellationToken);

    /// <summary>What was collected after an event, oldest first: what a stream sends next.</summary>
    /// <param name="id">The last that was sent; 0 for all.</param>
    /// <param name="limit">The most; 1 to 1000.</param>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableArray<EventRow>> AfterAsync(long id, int limit, CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QueryAsync<Stored>(new CommandDefinition(
            $"SELECT {List.Columns} FROM events WHERE key > @id ORDER BY key LIMIT @limit", new { id, limit = (long)Math.Clamp(limit, 1, 1000) }, cancellationToken: cancellationToken)))
        .Select(row => row.Show()).ToImmutableArray(), cancellationToken);

    /// <summary>The id of the event that was collected last; 0 when there is none.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<long> LastIdAsync(CancellationToken cancellationToken) => _database.ReadAsync(connection =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition("SELECT coalesce(max(key), 0) FROM events", cancellationToken: cancellationToken)), cancellationToken);

    internal static KeyedSelect Select(EventsQuery query)
    {
        var kind = query.Kind is { } word && word.EndsWith('*') ? Filter.Beginning("kind", word[..^1]) : Filter.Indexed("kind", query.Kind);
        return List.Build(query, Filter.Indexed("role", query.Role), kind, Filter.Indexed("node", query.Node), Filter.Contains("message", query.Text));
    }

    /// <summary>Writes an event.</summary>
    /// <returns>Its id.</returns>
    internal static async Task<long> AddAsync(DbTransaction transaction, EventRow row) => await transaction.Connection!.ExecuteScalarAsync<long>(
        "INSERT INTO events (at, node, kind, role, resource, epoch, message, because) VALUES (@at, @Node, @Kind, @Role, @Resource, @Epoch, @Message, @Because) RETURNING key",
        new { at = Stamp.Of(row.At), row.Node, row.Kind, row.Role, row.Resource, row.Epoch, row.Message, row.Because }, transaction);

    private sealed class Stored
    {
        public long Key { get; set; }

        public long At { get; set; }

        public string Node { get; set; } = "";

        public string Kind { get; set; } = "";

        public string? Role { get; set; }

        public string? Resource { get; set; }

        public string? Epoch { get; set; }

        public string Message { get; set; } = "";

        public string? Because { get; set; }

        public EventRow Show() => new(Key, Stamp.From(At), Node, Kind, Role, Resource, Epoch, Message, Because);
    }
}
