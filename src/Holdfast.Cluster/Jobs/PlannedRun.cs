namespace Holdfast.Cluster.Jobs;

/// <summary>A run that is to come, as far as can be told now.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Due">When it is due.</param>
/// <param name="Begins">When it is to begin; null when it is not, or nobody knows when.</param>
/// <param name="State"><see cref="JobState.Waiting"/> for what is to begin, <see cref="JobState.Paused"/> for what may not yet, <see cref="JobState.Skipped"/> for what is left out.</param>
/// <param name="Reason">Why, one sentence.</param>
public sealed record PlannedRun(string Run, DateTimeOffset Due, DateTimeOffset? Begins, JobState State, string Reason);
