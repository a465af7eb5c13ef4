namespace Holdfast.Cluster.Jobs;

/// <summary>
/// How far the open run of a job is: key <c>checkpoints/{job}</c>. In the store, because the compare-and-swap with the epoch is what makes it trustworthy and because it must
/// be there when the vault is not; small for the same reason. A worker that needs more writes that to its vault and puts its name here.
/// </summary>
/// <param name="Run">The run.</param>
/// <param name="Attempt">The attempt that wrote it.</param>
/// <param name="At">When, by the node's wall clock; for people only.</param>
/// <param name="Data">The worker's own words: one JSON value, at most <see cref="MostBytes"/>.</param>
public sealed record JobCheckpoint(string Run, RunAttempt Attempt, DateTimeOffset At, string Data)
{
    /// <summary>The largest checkpoint, in bytes of UTF-8: with the assignment around it, it fits into a pipe that nobody reads yet.</summary>
    public const int MostBytes = 32 * 1024;
}
