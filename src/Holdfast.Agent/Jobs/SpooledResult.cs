using Holdfast.Agent.Api;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Jobs;

/// <summary>A result on its way to the ledger, kept on the node until that has it.</summary>
/// <param name="At">When the worker ended, by this node's wall clock.</param>
/// <param name="Subject">What the run was about, for history; null from an older build.</param>
public sealed record SpooledResult(RoleName Job, string Run, RunAttempt Attempt, JobResult Result, RetryPolicy Retries, DateTimeOffset At, RunSubject? Subject = null);
