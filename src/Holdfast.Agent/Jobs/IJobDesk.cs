using Holdfast.Agent.Resources;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Jobs;

/// <summary>Where the jobs of a node are run.</summary>
public interface IJobDesk
{
    /// <summary>Begins to decide about a job, or goes on with a worker that an agent before this one started.</summary>
    Task TakeUpAsync(ResourceContext context, HeldUnit? held, CancellationToken cancellationToken);

    /// <summary>Stops its worker, which leaves a checkpoint, and decides no more. Returns when the worker is verified gone.</summary>
    Task PutDownAsync(ResourceContext context, CancellationToken cancellationToken);
}
