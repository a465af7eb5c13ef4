using Holdfast.Agent.Hosting;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Settings;
using Holdfast.Store;

namespace Holdfast.Agent.Etcd;

/// <summary>Raises the mark of this voter's copy of the store while it runs. The lease tells it to the others, from the next renewal on.</summary>
internal sealed class MarkKeeper(NodeRuntime runtime, CopyMark mark, TimeProvider time)
{
    /// <summary>How far apart two marks are at least: an image is known to be old from about this age on.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Goes on until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await time.PauseAsync(Period, cancellationToken);
            try
            {
                if (!cancellationToken.IsCancellationRequested && await IsDueAsync(cancellationToken)) Raise();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // No room, perhaps: the mark stays, and with it what the others know of it.
            }
        }
    }

    /// <summary>Whether the others know the present mark, so that it is never more than one ahead of what they know; and only while there is a copy here that grows.</summary>
    private async Task<bool> IsDueAsync(CancellationToken cancellationToken) =>
        runtime.Feed is { Trouble: null, Current: { } state } && state.View.Leases.TryGetValue(runtime.Node, out var lease) && lease.Value.CopyMark == mark.Own
        && runtime.Etcd is { } etcd && await etcd.IsRunningAsync(cancellationToken);

    private void Raise()
    {
        var view = runtime.Feed.Current!.View;
        var seen = view.Leases.Values.Select(lease => lease.Value).Where(lease => lease.Node != runtime.Node && view.Nodes.TryGetValue(lease.Node, out var node) && node.Value is { Voter: true, Intent: not NodeIntent.Evicted })
            .ToDictionary(lease => lease.Node.Value, lease => lease.CopyMark);
        // The first is taken from the clock, like a generation: a node that was evicted and joined again begins above what was seen of it before.
        mark.Write(mark.Own == 0 ? Generations.Fresh(0, time.GetUtcNow()) : mark.Own + 1, seen);
    }
}
