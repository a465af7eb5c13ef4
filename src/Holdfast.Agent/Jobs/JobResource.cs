using Holdfast.Agent.Resources;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Jobs;

/// <summary>A job of one placement. What it does goes on beyond this object, at the node's desk: after a change in place there is another one.</summary>
internal sealed class JobResource(ResourceContext context) : IResource
{
    public TimeSpan? CheckInterval => null;

    public Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken) =>
        (context.Jobs ?? throw ResourceFailure.Of("no-jobs", $"{context.Unit} is a job, which cannot run here.")).TakeUpAsync(context, held, cancellationToken);

    public Task OfflineAsync(CancellationToken cancellationToken) => context.Jobs is { } desk ? desk.PutDownAsync(context, cancellationToken) : Task.CompletedTask;

    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
