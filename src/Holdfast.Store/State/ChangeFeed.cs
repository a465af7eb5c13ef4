using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Holdfast.Store.State;

/// <summary>
/// The recent changes of a store in this process. Watchers pull from it by revision and are only woken by an append, so
/// none can miss a change and a slow one holds up nobody.
/// </summary>
internal sealed class ChangeFeed(long compactRevision, ChangeRetention retention)
{
    private const int BatchSize = 128;

    private readonly Lock _gate = new();

    // Revisions have no holes: _changes[i] is revision _compacted + 1 + i.
    private readonly List<StoreChange> _changes = [];
    private long _compacted = compactRevision;
    private long _bytes;
    private bool _closed;
    private Signal _grown = new();

    /// <summary>Gets the revision up to which changes are no longer kept.</summary>
    public long CompactRevision
    {
        get
        {
            lock (_gate)
            {
                return _compacted;
            }
        }
    }

    /// <summary>Adds the next revision, lets go of the oldest beyond the retention, and wakes the watchers.</summary>
    public void Append(StoreChange change)
    {
        lock (_gate)
        {
            if (change.Revision != _compacted + _changes.Count + 1)
            {
                throw new InvalidOperationException($"Revision {change.Revision} does not follow {_compacted + _changes.Count}.");
            }

            _changes.Add(change);
            _bytes += SizeOf(change);
            if (_changes.Count > retention.MaxRevisions || _bytes > retention.MaxBytes)
            {
                Trim();
            }

            Wake();
        }
    }

    /// <summary>Forgets every change up to and including a revision.</summary>
    public void Compact(long revision)
    {
        lock (_gate)
        {
            Drop((int)Math.Clamp(revision - _compacted, 0, _changes.Count));
            Wake();
        }
    }

    /// <summary>Ends every watch.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Wake();
        }
    }

    /// <summary>See <see cref="IClusterStore.WatchAsync"/>.</summary>
    public async IAsyncEnumerable<StoreChange> FollowAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = afterRevision;
        var told = afterRevision;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (batch, grown) = Take(seen);
            foreach (var change in batch)
            {
                seen = change.Revision;
                var under = Under(prefix, change);
                if (!under.Changes.IsEmpty)
                {
                    told = seen;
                    yield return under;
                }
            }

            if (batch.IsEmpty)
            {
                await grown.WaitAsync(cancellationToken);
            }
            else if (told < seen)
            {
                told = seen;
                yield return new StoreChange(seen, []);
            }
        }
    }

    /// <summary>Returns a change as a watcher of a prefix sees it.</summary>
    public static StoreChange Under(string prefix, StoreChange change)
    {
        if (prefix.Length == 0)
        {
            return change;
        }

        var items = change.Changes.RemoveAll(item => !item.Key.StartsWith(prefix, StringComparison.Ordinal));
        return items.Length == change.Changes.Length ? change : change with { Changes = items };
    }

    private (ImmutableArray<StoreChange> Batch, Task Grown) Take(long after)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new StoreUnavailableException("The store was closed.");
            }

            if (after < _compacted)
            {
                throw new StoreCompactedException(_compacted);
            }

            var start = after - _compacted;
            return start >= _changes.Count
                ? ([], _grown.Task)
                : ([.. _changes.GetRange((int)start, Math.Min(BatchSize, _changes.Count - (int)start))], _grown.Task);
        }
    }

    // Drops a tenth at once: moving the list for every append would cost more than the changes themselves.
    private void Trim()
    {
        var drop = _changes.Count > retention.MaxRevisions ? Math.Max(1, retention.MaxRevisions / 10) : 0;
        var left = _bytes;
        for (var i = 0; i < drop; i++)
        {
            left -= SizeOf(_changes[i]);
        }

        while (drop < _changes.Count - 1 && left > retention.MaxBytes)
        {
            left -= SizeOf(_changes[drop++]);
        }

        Drop(drop);
    }

    private void Drop(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _bytes -= SizeOf(_changes[i]);
        }

        _changes.RemoveRange(0, count);
        _compacted += count;
    }

    private void Wake()
    {
        _grown.Set();
        _grown = new();
    }

    private static long SizeOf(StoreChange change)
    {
        var bytes = 64L;
        foreach (var item in change.Changes)
        {
            bytes += 64 + item.Key.Length + (item.Value?.Length ?? 0);
        }

        return bytes;
    }
}
