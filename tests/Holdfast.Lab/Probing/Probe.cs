namespace Holdfast.Lab.Probing;

/// <summary>One probe and what became of it, on <see cref="Linux.BootClock"/>.</summary>
/// <param name="SentAt">When the connection was begun.</param>
/// <param name="EndedAt">When it was answered or given up.</param>
/// <param name="Reply">The line that was answered; null when none was.</param>
/// <param name="Failure">Why there was no answer: <c>timeout</c>, <c>closed</c> or an errno.</param>
public readonly record struct Probe(TimeSpan SentAt, TimeSpan EndedAt, string? Reply, string? Failure)
{
    /// <summary>Gets whether it was answered.</summary>
    public bool IsGood => Reply is not null;
}
