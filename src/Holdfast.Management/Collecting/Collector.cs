using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Rows;
using Holdfast.Management.Repository.Tables;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Collecting;

/// <summary>
/// Brings the journals of all nodes into the database: asks for what follows the position that the database has, and writes rows and new position in one transaction. So nothing is
/// lost and nothing is there twice, whenever it is killed, however long the database or a node was away, and whoever else collects.
/// </summary>
/// <param name="originOf">Where a job comes from; null when it was written by hand.</param>
public sealed partial class Collector(RepositoryDatabase database, IJournalSource source, Func<string, JobOrigin?> originOf, TimeProvider time, ILogger<Collector> logger)
{
    private const int EntriesAtOnce = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NodesInterval = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, CollectorStanding> _standings = new(StringComparer.Ordinal);

    /// <summary>Told after each transaction, events with their ids, for those who follow what happens; what throws there is not heard.</summary>
    public event Action<Collected>? Committed;

    /// <summary>Gets how far each node's journal is collected.</summary>
    public ImmutableSortedDictionary<string, CollectorStanding> Standings => _standings.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Gets or sets what tests stop it with.</summary>
    internal Action<CollectorStep> OnStep { get; set; } = static _ => { };

    /// <summary>Collects until cancelled. A node that is slow holds up no other.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, Task> running = [];
        IReadOnlyList<string> nodes = [];
        var askedAt = (long?)null;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var state = database.State;
                if (state.IsUp)
                {
                    if (askedAt is not { } asked || time.GetElapsedTime(asked) >= NodesInterval || nodes.Count == 0) (nodes, askedAt) = (await ListAsync(nodes, cancellationToken), time.GetTimestamp());
                    foreach (var node in nodes)
                    {
                        if (!running.TryGetValue(node, out var task) || task.IsCompleted) running[node] = TryCollectAsync(node, cancellationToken);
                    }
                }

                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var rest = Task.Delay(Interval, time, over.Token);
                await (state.IsUp ? rest : Task.WhenAny(rest, database.WaitForChangeAsync(state, over.Token)));
                await over.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            await Task.WhenAll(running.Values);
        }
    }

    /// <summary>Collects all that a node has now.</summary>
    /// <exception cref="HoldfastException">The database or the node cannot be asked, or the epoch is over: <c>repository.fenced</c>.</exception>
    public async Task CollectAsync(string node, CancellationToken cancellationToken)
    {
        for (var isAll = false; !isAll;)
        {
            var known = await ReadPositionAsync(node, cancellationToken);
            OnStep(CollectorStep.PositionRead);
            var page = await source.ReadAsync(node, known, EntriesAtOnce, cancellationToken);
            OnStep(CollectorStep.JournalRead);
            var collected = JournalReading.Read(node, known, page, originOf, time.GetUtcNow());
            if (!collected.IsNothing) await WriteAsync(collected, cancellationToken);
            isAll = collected.IsAll;
            _standings[node] = new CollectorStanding(collected.After.ToString(), page.Last.Number - collected.After.Number, time.GetUtcNow(), null);
        }
    }

    /// <summary>Where the database is in a node's journal; null when it has none of it.</summary>
    internal Task<JournalPosition?> ReadPositionAsync(string node, CancellationToken cancellationToken) => database.ReadAsync(async connection =>
        await connection.QuerySingleOrDefaultAsync<StoredPosition>(new CommandDefinition("SELECT journal, number FROM positions WHERE node = @node", new { node }, cancellationToken: cancellationToken)) is { } stored
            ? new JournalPosition(stored.Journal, stored.Number) : null, cancellationToken);

    private async Task WriteAsync(Collected collected, CancellationToken cancellationToken)
    {
        var events = await database.WriteAsync(async transaction =>
        {
            foreach (var run in collected.Runs) await WriteRunAsync(transaction, run);
            foreach (var owner in collected.Owners) await WriteOwnerAsync(transaction, owner);
            var written = ImmutableArray.CreateBuilder<EventRow>(collected.Events.Length);
            foreach (var row in collected.Events) written.Add(row with { Id = await EventsTable.AddAsync(transaction, row) });
            foreach (var row in collected.Changes) await AuditTable.AddAsync(transaction, row);
            OnStep(CollectorStep.RowsWritten);
            await MoveAsync(transaction, collected);
            OnStep(CollectorStep.PositionWritten);
            return written.MoveToImmutable();
        }, cancellationToken);
        OnStep(CollectorStep.Committed);
        try
        {
            Committed?.Invoke(collected with { Events = events });
        }
        catch (Exception exception)
        {
            Log.NotHeard(logger, exception.Message);
        }
    }

    private static async Task WriteRunAsync(DbTransaction transaction, CollectedRun run)
    {
        if (run.Row.Vault is { } seen) await VaultsTable.SeeAsync(transaction, seen, run.Row.Started ?? run.Row.Due, null);
        // An end that was known is told again after a crash; what follows from it must not follow twice.
        if (!await OperationsTable.PutAsync(transaction, run.Row) || run.Row.Ended is null) return;
        if (run is { Snapshot: { } snapshot, Row.Vault: { } vault }) await SnapshotsTable.PutAsync(transaction, vault, snapshot, run.Row.Id, run.Row.Thing);
        if (run is { ProvedSnapshot: { } proved, Proof: { } proof, Row.Vault: { } holder }) await SnapshotsTable.ProveAsync(transaction, holder, proved, proof);
        foreach (var sample in run.Samples) await SamplesTable.AddAsync(transaction, sample);
    }

    private static async Task WriteOwnerAsync(DbTransaction transaction, CollectedOwner owner)
    {
        var entry = owner.Entry;
        if (entry.Ended)
        {
            await PlacementsTable.EndAsync(transaction, entry.Role, owner.Epoch, owner.At);
            return;
        }

        var because = entry.Kind is { } kind ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()) : null;
        if (await PlacementsTable.BeginAsync(transaction, entry.Role, owner.Epoch, entry.Node, owner.At, because, entry.OutageSeconds) && entry.OutageSeconds is { } outage)
            await SamplesTable.AddAsync(transaction, new Sample(Chart.Outages, entry.Role, owner.At, outage));
    }

    private async Task MoveAsync(DbTransaction transaction, Collected collected)
    {
        var values = new
        {
            collected.Node, collected.After.Journal, collected.After.Number, at = Stamp.Of(time.GetUtcNow()), beforeJournal = collected.Before?.Journal ?? "", beforeNumber = collected.Before?.Number ?? 0,
        };
        var moved = await transaction.Connection!.ExecuteAsync(
            collected.Before is null ? "INSERT INTO positions (node, journal, number, at) VALUES (@Node, @Journal, @Number, @at) ON CONFLICT (node) DO NOTHING"
            : "UPDATE positions SET journal = @Journal, number = @Number, at = @at WHERE node = @Node AND journal = @beforeJournal AND number = @beforeNumber",
            values, transaction);
        if (moved == 0)
            throw new HoldfastException(ErrorKind.Conflict, "repository.position-moved", $"The journal of node {collected.Node} was collected by somebody else at the same moment.", "It is asked again from where that one was.");
    }

    private async Task<IReadOnlyList<string>> ListAsync(IReadOnlyList<string> before, CancellationToken cancellationToken)
    {
        try
        {
            var nodes = await source.ListNodesAsync(cancellationToken);
            foreach (var gone in _standings.Keys.Except(nodes)) _standings.TryRemove(gone, out _);
            return nodes;
        }
        catch (HoldfastException)
        {
            return before; // Those may be asked all the same.
        }
    }

    private async Task TryCollectAsync(string node, CancellationToken cancellationToken)
    {
        await Task.Yield(); // SQLite answers at once, on the caller's thread.
        try
        {
            await CollectAsync(node, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            // Whatever it was: the other nodes go on, and this one is asked again.
            var before = _standings.GetValueOrDefault(node);
            _standings[node] = new CollectorStanding(before?.Position, before?.Behind, before?.At, exception.Message);
            if (before?.Trouble != exception.Message) Log.NotCollected(logger, node, exception.Message);
        }
    }

    private static partial class Log // Event ids 6100-6199: the collector.
    {
        [LoggerMessage(6100, LogLevel.Warning, "The journal of node {Node} is not collected now: {Reason}")]
        public static partial void NotCollected(ILogger logger, string node, string reason);

        [LoggerMessage(6101, LogLevel.Error, "Somebody who follows what is collected failed: {Reason}")]
        public static partial void NotHeard(ILogger logger, string reason);
    }

    private sealed class StoredPosition
    {
        public string Journal { get; set; } = "";

        public long Number { get; set; }
    }
}
