using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Jobs;

/// <summary>A node takes no schedules until somebody says otherwise: key <c>schedulers/{node}</c>, which is there for as long.</summary>
/// <param name="Node">The node.</param>
/// <param name="At">Since when.</param>
/// <param name="Reason">Why; null when they did not say.</param>
public sealed record SchedulerStop(NodeName Node, DateTimeOffset At, string? Reason)
{
    /// <summary>Gets what it is to a job of that node, one sentence.</summary>
    public string Sentence => $"the scheduler of {Node} is stopped{(Reason is null ? "" : $": {Reason}")}";
}
