namespace Holdfast.Vault.Tests.Vaults;

/// <summary>A clock that stands still until it is moved. A wait of less than a second is over at once: nothing is to be seen in it.</summary>
internal sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private readonly Lock _lock = new();
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return now + _passed;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _passed.Ticks;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state), period);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves it, and calls what is due.</summary>
    public void Pass(TimeSpan span)
    {
        List<Timer> due;
        lock (_lock)
        {
            _passed += span;
            due = [.. _timers.Where(timer => timer.Due <= _passed)];
            foreach (var timer in due) timer.Again(_passed);
        }

        foreach (var timer in due) timer.Call();
    }

    private sealed class Timer(StillClock clock, Action call, TimeSpan period) : ITimer
    {
        private TimeSpan _period = period;

        public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

        public void Call() => call();

        public void Again(TimeSpan now) => Due = _period > TimeSpan.Zero ? now + _period : TimeSpan.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan every)
        {
            _period = every;
            if (dueTime >= TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
            {
                ThreadPool.QueueUserWorkItem(_ => call());
                return true;
            }

            lock (clock._lock)
            {
                Due = dueTime < TimeSpan.Zero ? TimeSpan.MaxValue : clock._passed + dueTime;
                if (!clock._timers.Contains(this)) clock._timers.Add(this);
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock) clock._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
