namespace Holdfast.Protection.VolumeSnapshots;

/// <summary>A state of a volume that stays as it is. It is given up by <see cref="DisposeAsync"/>, at its deadline, or at once when asked.</summary>
/// <remarks>A move or a failover asks; it never waits. Whoever reads watches <see cref="Lost"/> and closes what it has open, so that the volume can be unmounted.</remarks>
public sealed class VolumeSnapshot : IAsyncDisposable
{
    private readonly Func<Task> _release;
    private readonly CancellationTokenSource _lost;
    private readonly Lock _lock = new();
    private Task? _released;

    /// <summary>Holds a state.</summary>
    /// <param name="kind">How it is held.</param>
    /// <param name="path">Where it is read.</param>
    /// <param name="deadline">For how long at most; infinite for a state that disturbs nobody.</param>
    /// <param name="release">Gives it up.</param>
    /// <param name="time">The clock of the deadline.</param>
    public VolumeSnapshot(SnapshotKind kind, string path, TimeSpan deadline, Func<Task> release, TimeProvider time)
    {
        (Kind, Path, _release) = (kind, path, release);
        _lost = new(deadline, time);
        Lost = _lost.Token;
        // For a freeze: everybody who writes waits for this, and must not wait for whoever reads.
        Lost.UnsafeRegister(static snapshot => _ = ((VolumeSnapshot)snapshot!).ReleaseAsync(), this);
    }

    /// <summary>Gets how it is held.</summary>
    public SnapshotKind Kind { get; }

    /// <summary>Gets where it is read.</summary>
    public string Path { get; }

    /// <summary>Gets what fires when the state is given up before its reader is done: what was read is then worth nothing.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Gives it up now, because the volume is wanted elsewhere.</summary>
    public async Task DropAsync()
    {
        await _lost.CancelAsync();
        await ReleaseAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        _lost.Dispose();
    }

    private Task ReleaseAsync()
    {
        lock (_lock) return _released ??= Task.Run(_release);
    }
}
