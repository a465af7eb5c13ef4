using Dapper;
using Holdfast.Management.Repository.Rows;
using Holdfast.Management.Repository.Tables;
using Holdfast.Management.Settings;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Repository;

/// <summary>Forgets history that is older than it shall be kept, in small parts, so that nobody waits for it.</summary>
public sealed partial class Retention(RepositoryDatabase database, Func<HistorySettings> settings, TimeProvider time, ILogger<Retention> logger)
{
    /// <summary>How many rows one transaction takes away.</summary>
    internal const int RowsAtOnce = 500;

    // What is still so stays, however long it has been.
    private const string Over = "began < @before AND coalesce(ended, followed) IS NOT NULL";

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>Forgets every hour until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                try
                {
                    if (database.State.IsUp && await TrimAsync(cancellationToken) is > 0 and var rows) Log.Forgotten(logger, rows);
                }
                catch (HoldfastException exception)
                {
                    Log.NotNow(logger, exception.Message); // What is left is forgotten in an hour.
                }

                await Task.Delay(Interval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Forgets what is too old now.</summary>
    /// <returns>How many rows.</returns>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public async Task<long> TrimAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var kept = settings();
        var rows = 0L;
        rows += await TrimAsync("operations", "due < @before", Before(kept.Operations), cancellationToken);
        rows += await TrimAsync("events", "at < @before", Before(kept.Events), cancellationToken);
        rows += await TrimAsync("audit", "at < @before", Before(kept.Audit), cancellationToken);
        rows += await TrimAsync("placements", Over, Before(kept.Owners), cancellationToken);
        rows += await TrimAsync("alerts", "opened < @before AND state = 'closed'", Before(kept.Alerts), cancellationToken); // What is open stays, however old.
        rows += await TrimAsync("alert_changes", "at < @before AND NOT EXISTS (SELECT 1 FROM alerts WHERE alerts.id = alert_changes.alert)", Before(kept.Alerts), cancellationToken);
        rows += await TrimAsync("idempotency", "at < @before", now - IdempotencyTable.Kept, cancellationToken);
        foreach (var chart in Enum.GetValues<Chart>())
        {
            foreach (var (seconds, span) in SamplesTable.Steps) rows += await TrimSamplesAsync(SamplesTable.Word(chart), seconds, span is { } fine ? now - fine : Before(kept.Charts), cancellationToken);
        }

        return rows;

        DateTimeOffset Before(int days) => now - TimeSpan.FromDays(days);
    }

    private Task<long> TrimAsync(string table, string condition, DateTimeOffset before, CancellationToken cancellationToken) => RepeatAsync(
        $"DELETE FROM {table} WHERE key IN (SELECT key FROM {table} WHERE {condition} LIMIT {RowsAtOnce})", new { before = Stamp.Of(before) }, cancellationToken);

    private Task<long> TrimSamplesAsync(string chart, long step, DateTimeOffset before, CancellationToken cancellationToken) => RepeatAsync(
        $"DELETE FROM samples WHERE (chart, step, subject, at) IN (SELECT chart, step, subject, at FROM samples WHERE chart = @chart AND step = @step AND at < @before LIMIT {RowsAtOnce})", new { chart, step, before = Stamp.Of(before) }, cancellationToken);

    private async Task<long> RepeatAsync(string sql, object values, CancellationToken cancellationToken)
    {
        for (var total = 0L; ;)
        {
            var rows = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, values, transaction, cancellationToken: cancellationToken)), cancellationToken);
            total += rows;
            if (rows < RowsAtOnce) return total;
            await Task.Delay(Breath, time, cancellationToken); // Between two parts everybody else has a turn.
        }
    }

    private static partial class Log // Event ids 6200-6299: retention.
    {
        [LoggerMessage(6200, LogLevel.Information, "{Rows} rows of history were old enough to be forgotten")]
        public static partial void Forgotten(ILogger logger, long rows);

        [LoggerMessage(6201, LogLevel.Warning, "Old history is not forgotten now: {Reason}")]
        public static partial void NotNow(ILogger logger, string reason);
    }
}
