namespace Holdfast.Cluster.Jobs;

/// <summary>Somebody wants a job left alone until they say otherwise.</summary>
/// <param name="At">Since when.</param>
/// <param name="Reason">Why; null when they did not say.</param>
public sealed record JobHold(DateTimeOffset At, string? Reason);
