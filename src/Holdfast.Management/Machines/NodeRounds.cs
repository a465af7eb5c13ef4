using Holdfast.Agent.Api;
using Holdfast.Management.Hosting;

namespace Holdfast.Management.Machines;

/// <summary>Goes round the nodes that are up: to a new one soon, to each again after an interval.</summary>
/// <param name="follower">Who knows the nodes.</param>
/// <param name="interval">How long after a visit the next one is.</param>
/// <param name="time">The clock.</param>
/// <param name="mark">What a node is visited again for at once when it is something else than at the last visit; null for nothing.</param>
internal sealed class NodeRounds(ClusterFollower follower, TimeSpan interval, TimeProvider time, Func<NodeStatus, string>? mark = null)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, (DateTimeOffset At, string? Mark)> _visited = new(StringComparer.Ordinal);

    /// <summary>Visits, one node at a time, until cancelled.</summary>
    public async Task RunAsync(Func<NodeStatus, Task> visitAsync, CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var node in (follower.Status?.Nodes ?? []).Where(node => node.State == "up"))
            {
                var (now, present) = (time.GetUtcNow(), mark?.Invoke(node));
                if (_visited.TryGetValue(node.Name, out var visited) && now - visited.At < interval && visited.Mark == present) continue;
                _visited[node.Name] = (now, present);
                await visitAsync(node);
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }
}
