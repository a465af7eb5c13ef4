using System.Collections.Immutable;
using Dapper;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>What each machine told last of its volumes, for the time in which it is away.</summary>
public sealed class MachinesTable
{
    private readonly RepositoryDatabase _database;

    internal MachinesTable(RepositoryDatabase database) => _database = database;

    /// <summary>All of them, by name.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableArray<MachineRow>> ListAsync(CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QueryAsync<Stored>(new CommandDefinition("SELECT node, seen, volumes, shared FROM machines ORDER BY node", cancellationToken: cancellationToken)))
        .Select(row => new MachineRow(row.Node, Stamp.From(row.Seen), row.Volumes, row.Shared)).ToImmutableArray(), cancellationToken);

    /// <summary>Keeps what machines told, in place of what they told before.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task PutAsync(IReadOnlyList<MachineRow> rows, CancellationToken cancellationToken) => _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(
        """
        INSERT INTO machines (node, seen, volumes, shared) VALUES (@Node, @seen, @Volumes, @Shared)
        ON CONFLICT (node) DO UPDATE SET seen = excluded.seen, volumes = excluded.volumes, shared = excluded.shared
        """,
        rows.Select(row => new { row.Node, seen = Stamp.Of(row.Seen), row.Volumes, row.Shared }).ToList(), transaction, cancellationToken: cancellationToken)), cancellationToken);

    /// <summary>Forgets machines.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task RemoveAsync(IReadOnlyList<string> nodes, CancellationToken cancellationToken) => _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(
        "DELETE FROM machines WHERE node = @node", nodes.Select(node => new { node }).ToList(), transaction, cancellationToken: cancellationToken)), cancellationToken);

    private sealed class Stored
    {
        public string Node { get; set; } = "";

        public long Seen { get; set; }

        public string Volumes { get; set; } = "";

        public string Shared { get; set; } = "";
    }
}
