namespace Holdfast.Management.Tests;

/// <summary>A wall clock that a test sets.</summary>
internal sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    private long _ticks;

    public DateTimeOffset Now { get; set; } = now;

    /// <summary>How much time passes between two looks at the clock that measures it; none by default.</summary>
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, Step.Ticks);
}
