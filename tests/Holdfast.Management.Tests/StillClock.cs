namespace Holdfast.Management.Tests;

/// <summary>A wall clock that a test sets.</summary>
internal sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
