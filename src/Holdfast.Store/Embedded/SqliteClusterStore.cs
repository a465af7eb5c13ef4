using System.Threading.Channels;
using Holdfast.Cluster;
using Holdfast.Store.State;
using Microsoft.Data.Sqlite;

namespace Holdfast.Store.Embedded;

/// <summary>
/// The store of a cluster of one machine: a SQLite file in the state folder, which one process holds at a time.
/// </summary>
/// <remarks>
/// Everything is also in memory, where reads and watches are answered; a commit is on the disk before anybody sees it. One
/// thread writes. An outcome is Unknown only when the disk fails.
/// </remarks>
public sealed class SqliteClusterStore : IClusterStore
{
    private readonly StateFolderLock _lock;
    private readonly StoreFile _file;
    private readonly ChangeFeed _feed;
    private readonly Channel<Commit> _queue = Channel.CreateUnbounded<Commit>(new() { SingleReader = true });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile StoreState _state;
    private long _compacted;
    private bool _inDoubt;

    private SqliteClusterStore(StateFolderLock folderLock, StoreFile file, ChangeRetention retention)
    {
        (_lock, _file) = (folderLock, file);
        _state = file.Load();
        _feed = file.LoadFeed(retention);
        _compacted = _feed.CompactRevision;
        new Thread(WriteCommits) { IsBackground = true, Name = "holdfast-store" }.Start();
    }

    /// <summary>Gets the id made when the store was created.</summary>
    public string StoreId => _file.StoreId;

    /// <summary>Opens the store in a state folder, creating both when they do not exist.</summary>
    /// <exception cref="HoldfastException"><c>store.locked</c>: another process has it; <c>store.sqlite-missing</c>, <c>store.damaged</c>, <c>store.newer</c>, <c>store.foreign</c>.</exception>
    public static SqliteClusterStore Open(string stateFolder, ChangeRetention? retention = null)
    {
        Directory.CreateDirectory(stateFolder);
        var folderLock = StateFolderLock.Take(stateFolder);
        StoreFile? file = null;
        try
        {
            file = StoreFile.Open(Path.Combine(stateFolder, "store.db"));
            return new SqliteClusterStore(folderLock, file, retention ?? new ChangeRetention());
        }
        catch
        {
            file?.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_state.View(_file.StoreId, prefix));
    }

    /// <inheritdoc/>
    public Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        TransactionRules.Check(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        var commit = new Commit(transaction, cancellationToken);
        return _queue.Writer.TryWrite(commit) ? commit.Outcome.Task : Task.FromResult<CommitOutcome>(new CommitOutcome.Unknown("The store was closed."));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, CancellationToken cancellationToken) =>
        _feed.FollowAsync(prefix, afterRevision, cancellationToken);

    /// <summary>Forgets the changes up to and including a revision, as happens by itself beyond the retention.</summary>
    public void Compact(long revision) => _feed.Compact(revision);

    /// <summary>Writes what was handed in, ends every watch, and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_queue.Writer.TryComplete())
        {
            await _ended.Task;
            _feed.Close();
            _file.Dispose();
            _lock.Dispose();
        }
    }

    private void WriteCommits()
    {
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_queue.Reader.TryRead(out var commit))
            {
                if (commit.Cancellation.IsCancellationRequested)
                {
                    commit.Outcome.TrySetCanceled(commit.Cancellation);
                    continue;
                }

                try
                {
                    commit.Outcome.TrySetResult(Write(commit.Transaction));
                }
                catch (SqliteException e)
                {
                    // The commit record may be on the disk or not. The file is asked again before anything else is written.
                    _inDoubt = true;
                    commit.Outcome.TrySetResult(new CommitOutcome.Unknown($"The store file cannot be written: {e.Message}"));
                }
                catch (Exception e)
                {
                    _inDoubt = true;
                    commit.Outcome.TrySetException(e);
                }
            }
        }

        _ended.TrySetResult();
    }

    private CommitOutcome Write(StoreTransaction transaction)
    {
        if (_inDoubt)
        {
            Reconcile();
        }

        var (outcome, state, change) = _state.Apply(transaction);
        if (change is not null)
        {
            _file.Write(change);
            _state = state;
            _feed.Append(change);
            CompactFile();
        }

        return outcome;
    }

    // Only one write can be in doubt, as nothing is written after it before this has been settled.
    private void Reconcile()
    {
        var onDisk = _file.Load();
        if (onDisk.Revision == _state.Revision + 1)
        {
            var before = _state;
            var written = onDisk.Records.Values.Where(record => record.Revision == onDisk.Revision).Select(record => new StoreChange.Item(record.Key, record.Value));
            var deleted = before.Records.Keys.Where(key => !onDisk.Records.ContainsKey(key)).Select(key => new StoreChange.Item(key, null));
            _state = onDisk;
            _feed.Append(new StoreChange(onDisk.Revision, [.. written, .. deleted]));
        }

        _inDoubt = false;
    }

    // The file follows the feed. A failure here costs disk space only: the commit before it stands.
    private void CompactFile()
    {
        var compacted = _feed.CompactRevision;
        if (compacted == _compacted)
        {
            return;
        }

        try
        {
            _file.Compact(compacted);
            _compacted = compacted;
        }
        catch (SqliteException)
        {
            // Tried again with the next commit.
        }
    }

    private sealed record Commit(StoreTransaction Transaction, CancellationToken Cancellation)
    {
        public TaskCompletionSource<CommitOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
