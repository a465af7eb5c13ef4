using System.Collections.Concurrent;

namespace Holdfast.Management.Tests;

/// <summary>A clock whose timers come a hundred times as fast, and that remembers what was asked of it.</summary>
internal sealed class HastyClock : TimeProvider
{
    private const int Haste = 100;

    /// <summary>Gets how long each timer was to take.</summary>
    public ConcurrentQueue<TimeSpan> Asked { get; } = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Asked.Enqueue(dueTime);
        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / Haste : dueTime, period);
    }
}
