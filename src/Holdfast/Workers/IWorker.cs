using Holdfast.Agent.Jobs.Protocol;

namespace Holdfast.Cli.Workers;

/// <summary>What does the work of one kind of job.</summary>
internal interface IWorker
{
    /// <summary>Does it, from the assignment's checkpoint if there is one, and tells how it goes.</summary>
    /// <param name="stop">It shall stop: tell a last checkpoint and throw <see cref="OperationCanceledException"/>. Another attempt goes on from there.</param>
    /// <exception cref="HoldfastException">It failed; <see cref="ErrorKind.Unavailable"/> and <see cref="ErrorKind.Conflict"/> may be gone the next time.</exception>
    Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop);
}
