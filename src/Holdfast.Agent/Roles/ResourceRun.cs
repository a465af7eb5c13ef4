using Holdfast.Agent.Resources;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Roles;

/// <summary>One start of one resource.</summary>
internal sealed class ResourceRun(ResourceSpec spec, IResource resource, CancellationTokenSource stop)
{
    private CancellationTokenSource _changed = new();

    public ResourceSpec Spec { get; private set; } = spec;

    public IResource Resource { get; private set; } = resource;

    /// <summary>Gets what is cancelled at the next change. Read it before what may change.</summary>
    public CancellationToken Changed => Volatile.Read(ref _changed).Token;

    public CancellationTokenSource Stop { get; } = stop;

    public Task Watch { get; set; } = Task.CompletedTask;

    public string LastProblem { get; set; } = "";

    public void Update(ResourceSpec changed, IResource with)
    {
        (Spec, Resource) = (changed, with);
        Interlocked.Exchange(ref _changed, new()).Cancel();
    }
}
