using Holdfast.Cluster.Jobs;

namespace Holdfast.Agent.Jobs;

/// <summary>How a worker ended.</summary>
/// <param name="Result">What it said; null when it ended without a word.</param>
/// <param name="Stopped">What the run is now, when it was stopped on purpose.</param>
/// <param name="Reason">Why it was stopped, or what its end looked like.</param>
internal sealed record WorkerEnd(JobResult? Result, JobState? Stopped, string Reason);
