using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>Runs of jobs: a copy of every ledger, kept for longer.</summary>
public sealed class OperationsTable
{
    /// <summary>How many runs are counted at most.</summary>
    public const int MostCounted = 20_000;

    private static readonly KeyedList List = new("operations", "due", "key, job, run, kind, due, started, ended, state, reason, node, attempts, resumed, retried, snapshot, vault, figures, policy, thing");
    private readonly RepositoryDatabase _database;

    internal OperationsTable(RepositoryDatabase database) => _database = database;

    /// <summary>Lists runs.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public Task<Page<OperationRow>> ListAsync(OperationsQuery query, CancellationToken cancellationToken) =>
        KeyedList.ReadAsync<Stored, OperationRow>(_database, Select(query), row => new PageKey(row.Due, row.Key), row => row.Show(), cancellationToken);

    /// <summary>Finds a run by <see cref="OperationRow.Id"/>; null when there is none.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<OperationRow?> FindAsync(string id, CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
    {
        var colon = id.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return null;
        return (await connection.QuerySingleOrDefaultAsync<Stored>(new CommandDefinition(
            $"SELECT {List.Columns} FROM operations WHERE job = @job AND run = @run", new { job = id[..colon], run = id[(colon + 1)..] }, cancellationToken: cancellationToken)))?.Show();
    }, cancellationToken);

    /// <summary>Counts the runs that were due from a time on, by state; of more than <see cref="MostCounted"/>, the latest.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableSortedDictionary<string, long>> CountAsync(DateTimeOffset from, CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QueryAsync<(string State, long Count)>(new CommandDefinition(
            // The inner order makes SQLite take the few of that time, and not the index that has all by state.
            "SELECT state, count(*) FROM (SELECT state FROM operations WHERE due >= @from ORDER BY due DESC, key DESC LIMIT @most) AS counted GROUP BY state", new { from = Stamp.Of(from), most = (long)MostCounted }, cancellationToken: cancellationToken)))
        .ToImmutableSortedDictionary(row => row.State, row => row.Count, StringComparer.Ordinal), cancellationToken);

    internal static KeyedSelect Select(OperationsQuery query) => List.Build(
        query, Filter.Indexed("job", query.Job), Filter.Indexed("thing", query.Thing), Filter.Indexed("policy", query.Policy), Filter.Indexed("state", query.State), Filter.Indexed("node", query.Node), Filter.Indexed("kind", query.Kind));

    /// <summary>Writes what is known of a run now. What is over stays as it is, and an earlier attempt says nothing about a later one: entries of several nodes come in any order.</summary>
    /// <returns>Whether it changed what was known.</returns>
    internal static async Task<bool> PutAsync(DbTransaction transaction, OperationRow row) => await transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO operations (job, run, kind, due, started, ended, state, reason, node, attempts, resumed, retried, snapshot, vault, figures, policy, thing)
        VALUES (@Job, @Run, @Kind, @due, @started, @ended, @State, @Reason, @Node, @attempts, @resumed, @retried, @Snapshot, @Vault, @figures, @Policy, @Thing)
        ON CONFLICT (job, run) DO UPDATE SET
            kind = excluded.kind, started = coalesce(excluded.started, operations.started), ended = excluded.ended, state = excluded.state, reason = excluded.reason, node = excluded.node,
            attempts = excluded.attempts, resumed = excluded.resumed, retried = excluded.retried, snapshot = excluded.snapshot, vault = coalesce(excluded.vault, operations.vault),
            figures = excluded.figures, policy = coalesce(excluded.policy, operations.policy), thing = coalesce(excluded.thing, operations.thing)
        WHERE operations.ended IS NULL AND (excluded.ended IS NOT NULL OR excluded.attempts >= operations.attempts)
        """,
        new
        {
            row.Job, row.Run, row.Kind, due = Stamp.Of(row.Due), started = Stamp.Of(row.Started), ended = Stamp.Of(row.Ended), row.State, row.Reason, row.Node,
            attempts = (long)row.Attempts, resumed = (long)row.Resumed, retried = (long)row.Retried, row.Snapshot, row.Vault, figures = JsonSerializer.Serialize(row.Figures, StoredJson.Default.ImmutableSortedDictionaryStringInt64), row.Policy, row.Thing,
        },
        transaction) > 0;

    private sealed class Stored
    {
        public long Key { get; set; }

        public string Job { get; set; } = "";

        public string Run { get; set; } = "";

        public string Kind { get; set; } = "";

        public long Due { get; set; }

        public long? Started { get; set; }

        public long? Ended { get; set; }

        public string State { get; set; } = "";

        public string Reason { get; set; } = "";

        public string? Node { get; set; }

        public long Attempts { get; set; }

        public long Resumed { get; set; }

        public long Retried { get; set; }

        public string? Snapshot { get; set; }

        public string? Vault { get; set; }

        public string Figures { get; set; } = "";

        public string? Policy { get; set; }

        public string? Thing { get; set; }

        public OperationRow Show() => new()
        {
            Job = Job, Run = Run, Kind = Kind, Due = Stamp.From(Due), Started = Stamp.From(Started), Ended = Stamp.From(Ended), State = State, Reason = Reason, Node = Node, Attempts = (int)Attempts,
            Resumed = (int)Resumed, Retried = (int)Retried, Snapshot = Snapshot, Vault = Vault, Figures = JsonSerializer.Deserialize(Figures, StoredJson.Default.ImmutableSortedDictionaryStringInt64)!, Policy = Policy, Thing = Thing,
        };
    }
}
