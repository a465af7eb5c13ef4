namespace Holdfast.Simulation.Engine;

/// <summary>True time of a simulation: it stands still while anything runs, and jumps from one timer to the next.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly PriorityQueue<(Timer Timer, long Version), (TimeSpan Due, long Sequence)> _due = new();
    private long _sequence;

    /// <summary>Gets the time since the simulation began.</summary>
    public TimeSpan Now { get; private set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Start + Now;

    /// <inheritdoc/>
    public override long GetTimestamp() => Now.Ticks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves to the next instant at which anything is due and fires everything due then, before anything goes on: one at a
    /// time, the seed would have no say in their order. Returns false when nothing is due by <paramref name="limit"/>.
    /// </summary>
    public bool AdvanceToNext(TimeSpan limit)
    {
        while (_due.TryPeek(out var next, out _) && next.Version != next.Timer.Version) _due.Dequeue();
        if (!_due.TryPeek(out _, out var when) || when.Due > limit) return false;
        Now = when.Due;
        List<(Timer Timer, long Version)> now = [];
        while (_due.TryPeek(out _, out var at) && at.Due == Now) now.Add(_due.Dequeue());
        foreach (var (timer, version) in now)
        {
            if (version == timer.Version) timer.Fire();
        }

        return true;
    }

    private sealed class Timer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        /// <summary>Gets the number of the present setting; an entry of an older one is void.</summary>
        public long Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan) time._due.Enqueue((this, Version), (time.Now + dueTime, time._sequence++));
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
