using Dapper;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Tables;
using Holdfast.Store.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Management.Tests.Repository;

/// <summary>That each list is read from an index in its order: what keeps a page of a million rows as cheap as one of a hundred (measured in bench/management).</summary>
public sealed class QueryPlanTests : IAsyncLifetime
{
    private const string After = "1793500000000.10000";
    private readonly TempFolder _folder = new();
    private RepositoryDatabase _database = null!;

    public static TheoryData<string, string> Lists => new()
    {
        { "operations", "operations_by_due" }, { "operations job", "operations_by_job" }, { "operations state", "operations_by_state" }, { "operations node", "operations_by_node" },
        { "operations kind", "operations_by_kind" }, { "operations policy", "operations_by_policy" }, { "operations thing", "operations_by_thing" }, { "operations state node", "operations_by_state" },
        { "events", "events_by_at" }, { "events kind", "events_by_kind" }, { "events role", "events_by_role" }, { "events node", "events_by_node" }, { "events text", "events_by_at" },
        { "audit", "audit_by_at" }, { "audit who", "audit_by_who" }, { "placements", "placements_by_began" }, { "placements role", "placements_by_role" }, { "placements node", "placements_by_node" },
        { "alerts", "alerts_by_opened" }, { "alerts state", "alerts_by_state" }, { "alerts rule", "alerts_by_rule" }, { "alerts subject", "alerts_by_subject" },
        { "snapshots", "snapshots_by_taken" }, { "snapshots vault", "snapshots_by_vault" }, { "snapshots thing", "snapshots_by_thing" }, { "snapshots host", "snapshots_by_host" }, { "snapshots node", "snapshots_by_node" },
    };

    public async Task InitializeAsync()
    {
        _database = new RepositoryDatabase(new RepositoryOptions { Address = $"sqlite:{_folder.Path}/history.db" }, new Epoch(1, 1), TimeProvider.System, NullLogger<RepositoryDatabase>.Instance);
        await _database.OpenAsync(default);
        await _database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO operations (job, run, kind, due, state, reason, node, attempts, resumed, retried, figures, policy, thing) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            SELECT 'job' || (i % 50), i, 'backup', i, CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'completed' END, '', 'n' || (i % 3), 1, 0, 0, '{}', 'p', 't' || (i % 50) FROM n
            """, transaction: transaction), default);
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_is_read_from_the_index_that_has_its_order(string list, string index)
    {
        foreach (var after in new[] { null, After })
        {
            var select = Select(list, after);

            var plan = await _database.ReadAsync(async connection => (await connection.QueryAsync($"EXPLAIN QUERY PLAN {select.Sql}", select.Values)).Select(row => (string)row.detail).ToList(), default);

            Assert.Contains(plan, step => step.Contains($"INDEX {index}", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("INDEX", StringComparison.Ordinal) && step is not ("SCAN seen" or "SCAN (subquery-1)"));
            if (select.Edge is null) Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal)); // Else no more than the window is sorted.
        }
    }

    private static KeyedSelect Select(string list, string? after) => list switch
    {
        "operations" => OperationsTable.Select(new() { After = after }),
        "operations job" => OperationsTable.Select(new(Job: "job1") { After = after }),
        "operations state" => OperationsTable.Select(new(State: "failed") { After = after }),
        "operations node" => OperationsTable.Select(new(Node: "n1") { After = after }),
        "operations kind" => OperationsTable.Select(new(Kind: "backup") { After = after }),
        "operations policy" => OperationsTable.Select(new(Policy: "p") { After = after }),
        "operations thing" => OperationsTable.Select(new(Thing: "t1") { After = after }),
        "operations state node" => OperationsTable.Select(new(State: "failed", Node: "n1") { After = after }),
        "events" => EventsTable.Select(new() { After = after }),
        "events kind" => EventsTable.Select(new(Kind: "role.online") { After = after }),
        "events role" => EventsTable.Select(new(Role: "orders") { After = after }),
        "events node" => EventsTable.Select(new(Node: "n1") { After = after }),
        "events text" => EventsTable.Select(new(Text: "x", Kind: "role.*") { After = after }),
        "audit" => AuditTable.Select(new() { After = after }),
        "audit who" => AuditTable.Select(new(Who: "ann") { After = after }),
        "placements" => PlacementsTable.Select(new() { After = after }),
        "placements role" => PlacementsTable.Select(new(Role: "orders") { After = after }),
        "placements node" => PlacementsTable.Select(new(Node: "n1") { After = after }),
        "alerts" => AlertsTable.Select(new() { After = after }),
        "alerts state" => AlertsTable.Select(new(State: "open") { After = after }),
        "alerts rule" => AlertsTable.Select(new(Rule: "rpo") { After = after }),
        "alerts subject" => AlertsTable.Select(new(Subject: "orders") { After = after }),
        "snapshots" => SnapshotsTable.Select(new() { After = after }),
        "snapshots vault" => SnapshotsTable.Select(new(Vault: "v") { After = after }),
        "snapshots thing" => SnapshotsTable.Select(new(Thing: "t") { After = after }),
        "snapshots node" => SnapshotsTable.Select(new(Node: "n") { After = after }),
        "snapshots host" => SnapshotsTable.Select(new(Host: "h") { After = after }),
        _ => throw new ArgumentOutOfRangeException(nameof(list), list, "no such list"),
    };
}
