namespace Holdfast.Management.Repository.Rows;

/// <summary>What was measured within one step of a chart.</summary>
/// <param name="At">The beginning of the step.</param>
/// <param name="Mean">The mean.</param>
/// <param name="Largest">The largest; what an outage or a recovery point is judged by.</param>
public sealed record ChartPoint(DateTimeOffset At, double Mean, double Largest);
