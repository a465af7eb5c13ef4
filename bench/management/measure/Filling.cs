using System.Diagnostics;
using System.Globalization;
using Dapper;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Tables;

namespace Holdfast.Bench.Management;

/// <summary>A history of a large cluster: a run every 30 seconds of 200 jobs on 5 nodes, an event every 10 seconds.</summary>
internal sealed class Filling(RepositoryDatabase database)
{
    /// <summary>When history begins.</summary>
    public static readonly DateTimeOffset Start = new(2025, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private const long RowsAtOnce = 200_000;

    /// <summary>Fills all tables.</summary>
    public async Task FillAsync(long operations, long events)
    {
        var begun = Stopwatch.GetTimestamp();
        await RepeatAsync(operations, """
            INSERT INTO operations (job, run, kind, due, started, ended, state, reason, node, attempts, resumed, retried, snapshot, vault, figures, policy, thing)
            WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            SELECT 'job-' || (i % 200), 'r' || i, CASE WHEN i % 200 < 150 THEN 'backup' WHEN i % 200 < 170 THEN 'proof' WHEN i % 200 < 190 THEN 'prune' ELSE 'check' END,
                @start + i * 30000, @start + i * 30000, @start + i * 30000 + 20000, CASE WHEN i % 53 = 0 THEN 'failed' WHEN i % 211 = 0 THEN 'missed' WHEN i % 997 = 0 THEN 'skipped' ELSE 'completed' END,
                'snapshot 0a1b2c3d, but not everything could be read: see the job''s log', 'node-' || (i % 5), 1, 0, 0, 'snap' || i, '/srv/vault-' || (i % 4),
                '{"bytes":8123456789,"bytesAdded":12345678,"bytesRead":8123456,"files":123456,"incremental":1,"issues":0,"milliseconds":20000}', 'policy-' || (i % 10), 'thing-' || (i % 200)
            FROM n
            """);
        await RepeatAsync(events, """
            INSERT INTO events (at, node, kind, role, resource, epoch, message, because)
            WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            SELECT @start + i * 10000, 'node-' || (i % 5), CASE i % 7 WHEN 0 THEN 'role.online' WHEN 1 THEN 'role.offline' WHEN 2 THEN 'job.running' WHEN 3 THEN 'resource.failed' ELSE 'job.completed' END,
                'job-' || (i % 200), NULL, '1.' || (i % 1000), 'Run 20261121T020000Z of job job-' || (i % 200) || ', attempt 1: snapshot 0a1b2c3d number ' || i || '.', NULL
            FROM n
            """);
        await RepeatAsync(operations / 5, """
            INSERT INTO audit (at, who, origin, node, what, outcome)
            WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            SELECT @start + i * 150000, 'user person-' || (i % 40), 'console', 'node-' || (i % 5), 'POST /v1/roles/job-' || (i % 200) || '/move {"to":"node-1"}', 'done' FROM n
            """);
        await RepeatAsync(operations / 20, """
            INSERT INTO placements (role, generation, number, node, began, ended, because, outage, followed)
            WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            SELECT 'job-' || (i % 200), 1, i / 200, 'node-' || (i % 5), @start + i * 600000, NULL, 'nodeLost', 1.25, @start + (i + 200) * 600000 FROM n
            """);
        await RepeatAsync(operations / 20, """
            INSERT INTO alerts (id, rule, severity, subject, sentence, because, hint, opened, last, count, state, flapping)
            WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            SELECT 'alert-' || i, 'rule-' || (i % 12), CASE i % 3 WHEN 0 THEN 'critical' ELSE 'warning' END, 'job-' || (i % 200), 'Job failed.', 'x', 'See its log.', @start + i * 600000, @start + i * 600000, 1,
                CASE WHEN i % 500 = 0 THEN 'open' ELSE 'closed' END, 0 FROM n
            """);
        await RepeatAsync(operations / 5, """
            INSERT INTO snapshots (vault, id, status, name, type, delta_bytes, used_bytes, shared_volumes, taken, host, paths, tags, operation, thing)
            WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
            SELECT '/srv/vault-' || (i % 4), 'snap' || i, 'complete', 'snap' || i, 'incremental', 1000, 100000, '[]', @start + i * 150000, 'job-' || (i % 200), '["/srv/data"]', '[]', 'job-' || (i % 200) || ':r' || i, 'thing-' || (i % 200) FROM n
            """);
        await RepeatAsync(4, "INSERT INTO vaults (vault, seen) VALUES ('/srv/vault-' || @first, @start)", 1);
        for (var vault = 0; vault < 4; vault++) await CountAsync($"/srv/vault-{vault}");
        foreach (var (step, points) in new[] { (300L, 864), (3600L, 720), (86_400L, 400) })
        {
            await RepeatAsync(points * 200L, $"""
                INSERT INTO samples (chart, step, subject, at, count, total, largest)
                WITH RECURSIVE n(i) AS (SELECT CAST(@first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < @last)
                SELECT 'throughput', {step}, 'job-' || (i % 200), @start + {operations * 30_000L / (step * 1000) * step * 1000} - (i / 200) * {step * 1000}, 3, 300.0, 150.0 FROM n
                """);
        }

        // PostgreSQL does this by itself after a while; nobody does it for SQLite.
        if (database.State.Kind == "postgres") await database.WriteAsync(async transaction => await transaction.Connection!.ExecuteAsync("ANALYZE (VERBOSE FALSE)", transaction: transaction), CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{database.State.Kind}: {operations:n0} operations, {events:n0} events, {operations / 5:n0} snapshots and changes, {operations / 20:n0} alerts and placements; filled in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s"));
    }

    private Task CountAsync(string vault) => database.WriteAsync(async transaction =>
    {
        await VaultsTable.RecountAsync(transaction, vault);
        return true;
    }, CancellationToken.None);

    private async Task RepeatAsync(long rows, string sql, long atOnce = RowsAtOnce)
    {
        for (var first = 0L; first < rows; first += atOnce)
        {
            var values = new { first, last = Math.Min(first + atOnce, rows) - 1, start = Start.ToUnixTimeMilliseconds() };
            await database.WriteAsync(async transaction => await transaction.Connection!.ExecuteAsync(sql, values, transaction, commandTimeout: 600), CancellationToken.None);
        }
    }
}
