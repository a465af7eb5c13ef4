using System.Collections.Immutable;
using Dapper;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>Alerts and their history. Whoever judges rules keeps what is open and writes it here; written twice, it is the same.</summary>
public sealed class AlertsTable
{
    private static readonly KeyedList List = new("alerts", "opened", "key, id, rule, severity, subject, sentence, because, hint, opened, last, count, state, flapping, acknowledged_by, comment, closed");
    private readonly RepositoryDatabase _database;

    internal AlertsTable(RepositoryDatabase database) => _database = database;

    /// <summary>Lists alerts.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public Task<Page<AlertRow>> ListAsync(AlertsQuery query, CancellationToken cancellationToken) =>
        KeyedList.ReadAsync<Stored, AlertRow>(_database, Select(query), row => new PageKey(row.Opened, row.Key), row => row.Show(), cancellationToken);

    /// <summary>Finds an alert; null when there is none.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<AlertRow?> FindAsync(string id, CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QuerySingleOrDefaultAsync<Stored>(new CommandDefinition($"SELECT {List.Columns} FROM alerts WHERE id = @id", new { id }, cancellationToken: cancellationToken)))?.Show(), cancellationToken);

    /// <summary>Everything that is not closed: what whoever judges rules begins with.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableArray<AlertRow>> NotClosedAsync(CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QueryAsync<Stored>(new CommandDefinition($"SELECT {List.Columns} FROM alerts WHERE state IN ('open', 'acknowledged') ORDER BY opened, key", cancellationToken: cancellationToken)))
        .Select(row => row.Show()).ToImmutableArray(), cancellationToken);

    /// <summary>What became of an alert, oldest first.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableArray<AlertChange>> HistoryAsync(string id, CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QueryAsync<StoredChange>(new CommandDefinition("SELECT at, state, who, note FROM alert_changes WHERE alert = @id ORDER BY key LIMIT 500", new { id }, cancellationToken: cancellationToken)))
        .Select(row => new AlertChange(Stamp.From(row.At), row.State, row.Who, row.Note)).ToImmutableArray(), cancellationToken);

    /// <summary>Writes an alert as it is now, and one line of its history when its state is another than before.</summary>
    /// <param name="who">Who did it; null when the rule did.</param>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task PutAsync(AlertRow row, string? who, CancellationToken cancellationToken) => _database.WriteAsync(async transaction =>
    {
        var connection = transaction.Connection!;
        var before = await connection.ExecuteScalarAsync<string?>("SELECT state FROM alerts WHERE id = @Id", new { row.Id }, transaction);
        await connection.ExecuteAsync(
            """
            INSERT INTO alerts (id, rule, severity, subject, sentence, because, hint, opened, last, count, state, flapping, acknowledged_by, comment, closed)
            VALUES (@Id, @Rule, @Severity, @Subject, @Sentence, @Because, @Hint, @opened, @last, @count, @State, @flapping, @AcknowledgedBy, @Comment, @closed)
            ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, sentence = excluded.sentence, because = excluded.because, hint = excluded.hint, last = excluded.last, count = excluded.count,
                state = excluded.state, flapping = excluded.flapping, acknowledged_by = excluded.acknowledged_by, comment = excluded.comment, closed = excluded.closed
            """,
            new
            {
                row.Id, row.Rule, row.Severity, row.Subject, row.Sentence, row.Because, row.Hint, opened = Stamp.Of(row.Opened), last = Stamp.Of(row.Last), count = (long)row.Count, row.State,
                flapping = row.Flapping ? 1L : 0L, row.AcknowledgedBy, row.Comment, closed = Stamp.Of(row.Closed),
            },
            transaction);
        if (before != row.State)
        {
            await connection.ExecuteAsync(
                "INSERT INTO alert_changes (alert, at, state, who, note) VALUES (@Id, @at, @State, @who, @note)",
                new { row.Id, at = Stamp.Of(row.Closed ?? row.Last), row.State, who, note = row.State == "acknowledged" ? row.Comment : row.Sentence }, transaction);
        }

        return true;
    }, cancellationToken);

    internal static KeyedSelect Select(AlertsQuery query) => List.Build(
        query, Filter.Indexed("subject", query.Subject), Filter.Indexed("rule", query.Rule), Filter.Indexed("state", query.State), Filter.Indexed("severity", query.Severity));

    private sealed class Stored
    {
        public long Key { get; set; }

        public string Id { get; set; } = "";

        public string Rule { get; set; } = "";

        public string Severity { get; set; } = "";

        public string Subject { get; set; } = "";

        public string Sentence { get; set; } = "";

        public string? Because { get; set; }

        public string? Hint { get; set; }

        public long Opened { get; set; }

        public long Last { get; set; }

        public long Count { get; set; }

        public string State { get; set; } = "";

        public long Flapping { get; set; }

        public string? AcknowledgedBy { get; set; }

        public string? Comment { get; set; }

        public long? Closed { get; set; }

        public AlertRow Show() => new()
        {
            Id = Id, Rule = Rule, Severity = Severity, Subject = Subject, Sentence = Sentence, Because = Because, Hint = Hint, Opened = Stamp.From(Opened), Last = Stamp.From(Last), Count = (int)Count,
            State = State, Flapping = Flapping != 0, AcknowledgedBy = AcknowledgedBy, Comment = Comment, Closed = Stamp.From(Closed),
        };
    }

    private sealed class StoredChange
    {
        public long At { get; set; }

        public string State { get; set; } = "";

        public string? Who { get; set; }

        public string? Note { get; set; }
    }
}
