namespace Holdfast.Management.Repository.Rows;

/// <summary>Something that was measured.</summary>
/// <param name="Subject">A job, a role, a thing.</param>
public sealed record Sample(Chart Chart, string Subject, DateTimeOffset At, double Value);
