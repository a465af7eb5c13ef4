namespace Holdfast.Protection.Backups;

/// <summary>Keeps the readers from getting further ahead of the last checkpoint than may be read again.</summary>
/// <param name="limit">That many bytes.</param>
internal sealed class CheckpointGate(long limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _due = New();
    private TaskCompletionSource _moved = New();
    private long _read;
    private long _saved;
    private long _captured; // What was saved when the last checkpoint was begun: another makes no sense before more is.
    private long _safe;
    private int _waiting;

    /// <summary>Waits until that many bytes more may be read, and counts them.</summary>
    public async ValueTask EnterAsync(int bytes, CancellationToken cancellationToken)
    {
        for (var isWaiting = false; ; isWaiting = true)
        {
            Task moved;
            lock (_lock)
            {
                if (isWaiting) _waiting--;
                if (_read + bytes - _safe <= limit)
                {
                    _read += bytes;
                    return;
                }

                _waiting++;
                moved = _moved.Task;
                Announce();
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Fewer were read than was thought.</summary>
    public void Correct(int difference)
    {
        lock (_lock) _read += difference;
    }

    /// <summary>So many bytes that were read are saved.</summary>
    public void AddSaved(int bytes)
    {
        lock (_lock)
        {
            _saved += bytes;
            Announce();
        }
    }

    /// <summary>Waits until a checkpoint is due, and notes what it can tell of at most.</summary>
    public async Task DueAsync(CancellationToken cancellationToken)
    {
        Task due;
        lock (_lock) due = _due.Task;
        await due.WaitAsync(cancellationToken);
        lock (_lock)
        {
            _captured = _saved;
            _due = New();
        }
    }

    /// <summary>A checkpoint tells of that many of the bytes read.</summary>
    public void Publish(long safe)
    {
        lock (_lock)
        {
            _safe = Math.Max(_safe, safe);
            _moved.TrySetResult();
            _moved = New();
            Announce();
        }
    }

    // At a third, so that the readers need not wait while a checkpoint is written.
    private void Announce()
    {
        if (_saved > _captured && (_waiting > 0 || _saved - _safe > limit / 3)) _due.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
