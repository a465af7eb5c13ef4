namespace Holdfast.Simulation.Jobs;

/// <summary>The time of a machine whose wall clock is off by so much.</summary>
internal sealed class SkewedTime(TimeProvider time, TimeSpan by) : TimeProvider
{
    /// <inheritdoc/>
    public override long TimestampFrequency => time.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + by;

    /// <inheritdoc/>
    public override long GetTimestamp() => time.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
