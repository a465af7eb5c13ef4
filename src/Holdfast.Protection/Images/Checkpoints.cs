using Holdfast.Protection.Ranges;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>Makes checkpoints while workers go on, and lets no more be read than may be read again.</summary>
/// <remarks>Invariant: what was read and is not covered by a checkpoint that somebody keeps never exceeds <see cref="ImageBackupOptions.CheckpointBytes"/>.</remarks>
internal sealed class Checkpoints(ImageRun run, ImageBackupOptions options, string sourceState)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Stretch> _pending = [];
    private readonly Dictionary<int, OpenSegment> _open = [];
    private Task? _running;
    private long _cursor;
    private long _uncovered;
    private long _completed;

    /// <summary>A stretch is about to be given to a worker. Called in the order of the image.</summary>
    public void Begin(Stretch stretch)
    {
        if (options.OnCheckpoint is null) return;
        lock (_lock)
        {
            _pending.Add(stretch);
            _open[stretch.Segment.Index] = stretch.Segment;
            _cursor = stretch.Range.End;
        }
    }

    /// <summary>Returns when a stretch may be read.</summary>
    public async ValueTask EnterAsync(Stretch stretch, CancellationToken cancellationToken)
    {
        if (options.OnCheckpoint is null) return;
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                // With nothing completed no checkpoint would help; that is a limit smaller than what the workers hold.
                if (_uncovered + stretch.Range.Length <= options.CheckpointBytes || (_uncovered == 0 && _running is null))
                {
                    _uncovered += stretch.Range.Length;
                    return;
                }

                wait = _running ??= MakeAsync(cancellationToken);
            }

            await wait;
        }
    }

    /// <summary>A stretch was stored.</summary>
    public void Complete(Stretch stretch, CancellationToken cancellationToken)
    {
        if (options.OnCheckpoint is null) return;
        lock (_lock)
        {
            _pending.Remove(stretch);
            _completed += stretch.Range.Length;
            if (_completed >= options.CheckpointBytes / 2) _running ??= MakeAsync(cancellationToken);
        }
    }

    /// <summary>The tree of a segment was written.</summary>
    public void Settle(int segment, BlobId tree)
    {
        lock (_lock) // An id is four words: without the lock a checkpoint could copy half of it.
        {
            run.Segments[segment] = tree;
            _open.Remove(segment);
        }
    }

    /// <summary>Returns when none is being made, with its error if it failed.</summary>
    public Task FinishAsync()
    {
        lock (_lock) return _running ?? Task.CompletedTask;
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        await Task.Yield(); // Not under the caller's lock.
        State state;
        lock (_lock) state = Take();

        for (var i = 0; i < state.Segments.Length; i++)
        {
            if (state.Open.TryGetValue(i, out var blobs)) state.Segments[i] = await run.SaveSegmentAsync(i, blobs, cancellationToken);
            else if (state.Segments[i].IsNone) state.Segments[i] = await run.PlaceholderAsync(i, cancellationToken);
        }

        var tree = await run.SaveRootAsync(state.Segments, run.Info, cancellationToken);
        // Before anybody is told: a checkpoint must never name what is only in memory.
        await run.FlushAsync(cancellationToken);
        await options.OnCheckpoint!(new() { Tree = tree.ToString(), Source = sourceState, Cursor = state.Cursor, Pending = state.Pending, Mismatches = state.Mismatches }, cancellationToken);
        lock (_lock)
        {
            _uncovered -= state.Completed;
            _running = null;
        }
    }

    private State Take()
    {
        var open = new Dictionary<int, BlobId[]>();
        foreach (var segment in _open.Values) open[segment.Index] = segment.Blobs.AsSpan().ToArray();
        foreach (var stretch in _pending)
        {
            // A worker may be writing these ids now, and half an id is none.
            var (blobs, start) = (open[stretch.Segment.Index], run.Layout.RangeOf(stretch.Segment.Index).Offset);
            for (var at = stretch.Range.Offset; at < stretch.Range.End; at += run.Layout.BlobSize)
            {
                var blob = (int)((at - start) / run.Layout.BlobSize);
                blobs[blob] = stretch.Segment.Before[blob];
            }
        }

        var state = new State([.. run.Segments], open, [.. _pending.Select(stretch => stretch.Range)], [.. run.Mismatches.Ranges], _cursor, _completed);
        _completed = 0;
        return state;
    }

    private sealed record State(BlobId[] Segments, Dictionary<int, BlobId[]> Open, ByteRange[] Pending, ByteRange[] Mismatches, long Cursor, long Completed);
}
