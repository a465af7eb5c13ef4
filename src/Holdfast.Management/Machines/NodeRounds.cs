using Holdfast.Agent.Api;
using Holdfast.Management.Hosting;

namespace Holdfast.Management.Machines;

/// <summary>Goes round the nodes that are up: to a new one soon, to each again after an interval.</summary>
/// <param name="follower">Who knows the nodes.</param>
/// <param name="interval">How long after a visit the next one is.</param>
/// <param name="time">The clock.</param>
internal sealed class NodeRounds(ClusterFollower follower, TimeSpan interval, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, DateTimeOffset> _visited = new(StringComparer.Ordinal);

    /// <summary>Visits, one node at a time, until cancelled.</summary>
    public async Task RunAsync(Func<NodeStatus, Task> visitAsync, CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var node in (follower.Status?.Nodes ?? []).Where(node => node.State == "up"))
            {
                var now = time.GetUtcNow();
                if (_visited.TryGetValue(node.Name, out var visited) && now - visited < interval) continue;
                _visited[node.Name] = now;
                await visitAsync(node);
            }

            await Task.Delay(Look, time, cancellationToken);
        }
    }
}
