using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Jobs;

/// <summary>A result on its way to the ledger, kept on the node until that has it.</summary>
/// <param name="At">When the worker ended, by this node's wall clock.</param>
public sealed record SpooledResult(RoleName Job, string Run, RunAttempt Attempt, JobResult Result, RetryPolicy Retries, DateTimeOffset At);
