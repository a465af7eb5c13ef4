using Holdfast.Management.Repository.Tables;
using System.Data.Common;
using Dapper;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Repository;

/// <summary>
/// The database of history, as one owner of the management role uses it. It may be away at any time: then everything that asks it is refused with
/// <c>repository.down</c> at once, and <see cref="KeepAsync"/> comes back to it. What was written at a newer epoch refuses this one with <c>repository.fenced</c>.
/// </summary>
public sealed partial class RepositoryDatabase : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(10);
    private readonly ISqlDialect _dialect;
    private readonly Epoch _epoch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private RepositoryState _state;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    static RepositoryDatabase() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <param name="epoch">The epoch of the management role at which this process serves.</param>
    /// <exception cref="HoldfastException">Codes <c>repository.options-invalid</c>, <c>store.address-invalid</c>.</exception>
    public RepositoryDatabase(RepositoryOptions options, Epoch epoch, TimeProvider time, ILogger<RepositoryDatabase> logger)
        : this(options.Dialect(), options, epoch, time, logger)
    {
    }

    internal RepositoryDatabase(ISqlDialect dialect, RepositoryOptions options, Epoch epoch, TimeProvider time, ILogger logger)
    {
        (_dialect, Options, _epoch, _time, _logger) = (dialect, options, epoch, time, logger);
        _state = new RepositoryState(false, "The database was not opened yet.", time.GetUtcNow(), dialect.Kind);
        (Operations, Events, Audit, Placements, Alerts) = (new(this), new(this), new(this), new(this), new(this));
        (Snapshots, Vaults, Machines, Samples, Idempotency) = (new(this), new(this), new(this), new(this, time), new(this, time));
    }

    /// <summary>Gets runs of jobs.</summary>
    public OperationsTable Operations { get; }

    /// <summary>Gets events.</summary>
    public EventsTable Events { get; }

    /// <summary>Gets changes that people made.</summary>
    public AuditTable Audit { get; }

    /// <summary>Gets the owners of roles.</summary>
    public PlacementsTable Placements { get; }

    /// <summary>Gets alerts.</summary>
    public AlertsTable Alerts { get; }

    /// <summary>Gets the catalogue of snapshots.</summary>
    public SnapshotsTable Snapshots { get; }

    /// <summary>Gets the vaults that were seen.</summary>
    public VaultsTable Vaults { get; }

    /// <summary>Gets what machines told last of what they have.</summary>
    public MachinesTable Machines { get; }

    /// <summary>Gets what charts are drawn of.</summary>
    public SamplesTable Samples { get; }

    /// <summary>Gets the answers to requests with an idempotency key.</summary>
    public IdempotencyTable Idempotency { get; }

    /// <summary>Gets how it is used.</summary>
    public RepositoryOptions Options { get; }

    /// <summary>Gets what tells this database from one that was made in its place, whose ids count anew: when its tables were made. Null before it was opened.</summary>
    internal long? Identity { get; private set; }

    /// <summary>Gets the clock.</summary>
    internal TimeProvider Time => _time;

    /// <summary>Gets whether it answers.</summary>
    public RepositoryState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Waits until <see cref="State"/> is another than the one given.</summary>
    public Task WaitForChangeAsync(RepositoryState seen, CancellationToken cancellationToken)
    {
        lock (_gate) return ReferenceEquals(_state, seen) ? _changed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Opens the database, looks after it, and comes back to it whenever it was away; until cancelled.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var seen = State;
                try
                {
                    if (seen.IsUp) await LookAsync(cancellationToken);
                    else await OpenAsync(cancellationToken);
                    pause = FirstPause;
                }
                catch (HoldfastException)
                {
                    // The state says why.
                }

                seen = State;
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var rest = Task.Delay(seen.IsUp ? LookInterval : pause, _time, over.Token);
                await (seen.IsUp ? Task.WhenAny(rest, WaitForChangeAsync(seen, over.Token)) : rest); // What somebody else finds down is opened again soon.
                await over.CancelAsync();
                if (!seen.IsUp) pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>Opens it once: brings its schema up to date and takes the fence.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.too-new</c>, <c>repository.fenced</c>.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        await using (var connection = await _dialect.OpenAsync(cancellationToken))
        {
            await using var transaction = await _dialect.BeginWriteAsync(connection, cancellationToken);
            await Schema.BringUpAsync(_dialect, transaction, () => TakeFenceAsync(transaction), _time.GetUtcNow(), cancellationToken);
            Identity = await connection.ExecuteScalarAsync<long>("SELECT at FROM schema_version WHERE version = 1", transaction: transaction);
            await transaction.CommitAsync(CancellationToken.None);
        }

        Become(null);
        return true;
    }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _dialect.DisposeAsync();

    /// <summary>Reads.</summary>
    internal Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> act, CancellationToken cancellationToken)
    {
        RequireUp();
        return GuardAsync(async () =>
        {
            await using var connection = await _dialect.OpenAsync(cancellationToken);
            return await act(connection);
        }, cancellationToken);
    }

    /// <summary>
    /// Writes, all or nothing. The fence comes first: it refuses whoever is older, and makes writers take turns, so that the keys of rows grow in the order in which
    /// they become visible.
    /// </summary>
    internal Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> act, CancellationToken cancellationToken)
    {
        RequireUp();
        return GuardAsync(async () =>
        {
            await using var connection = await _dialect.OpenAsync(cancellationToken);
            await using var transaction = await _dialect.BeginWriteAsync(connection, cancellationToken);
            await TakeFenceAsync(transaction);
            var result = await act(transaction);
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }, cancellationToken);
    }

    private async Task TakeFenceAsync(DbTransaction transaction)
    {
        var taken = await transaction.Connection!.ExecuteAsync(
            "UPDATE fence SET generation = @generation, number = @number WHERE one = 1 AND (generation < @generation OR (generation = @generation AND number <= @number))",
            new { generation = (long)_epoch.Generation, number = _epoch.Number }, transaction);
        if (taken == 0)
            throw new HoldfastException(ErrorKind.Conflict, "repository.fenced", $"The history was written at a newer epoch than {_epoch}: the management service went on elsewhere.", "Ask the node that 'holdfast role show management' names.");
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LookLimit);
        await ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT count(*) FROM fence"), limit.Token);
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (HoldfastException refused) when (refused.Code.StartsWith("repository.", StringComparison.Ordinal) || refused.Code == "store.sqlite-missing")
        {
            if (refused.Code is "repository.fenced" or "repository.too-new" or "store.sqlite-missing") Become(refused.Message);
            throw;
        }
        catch (Exception exception) when (_dialect.IsOutage(exception) || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Become($"The database {_dialect.Spoken} does not answer: {exception.Message.TrimEnd('.')}.");
            throw Down(exception);
        }
    }

    private void RequireUp()
    {
        if (!State.IsUp) throw Down(null);
    }

    private HoldfastException Down(Exception? exception) =>
        new(ErrorKind.Unavailable, "repository.down", State.Reason ?? "The database answers again.", "Jobs and roles go on without it, and nothing is lost: what happened meanwhile is collected once it is back.", exception);

    private void Become(string? reason)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (_state.IsUp == reason is null && _state.Reason == reason) return;
            _state = new RepositoryState(reason is null, reason, _state.IsUp == reason is null ? _state.Since : _time.GetUtcNow(), _dialect.Kind);
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.TrySetResult();
        if (reason is null) Log.Up(_logger, _dialect.Spoken);
        else Log.Down(_logger, reason);
    }

    private static partial class Log // Event ids 6000-6099: the repository database.
    {
        [LoggerMessage(6000, LogLevel.Information, "The repository database {Database} answers")]
        public static partial void Up(ILogger logger, string database);

        [LoggerMessage(6001, LogLevel.Warning, "{Reason} It is tried again")]
        public static partial void Down(ILogger logger, string reason);
    }
}
