using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Link;

namespace Holdfast.Management.Hosting;

/// <summary>The cluster as this node's agent sees it, followed all the time, for everybody who looks.</summary>
internal sealed class ClusterFollower(AgentLink agent, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Lock _gate = new();
    private ImmutableArray<StreamListener> _listeners = [];

    /// <summary>Gets the last that was heard; null before the first.</summary>
    public ClusterStatus? Status { get; private set; }

    /// <summary>Follows until cancelled; after an end of the agent it goes on with the next one.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => FollowAsync("v1/watch", ApiJson.Default.ClusterStatus, status =>
    {
        Status = status;
        Tell(Say(status));
    }, cancellationToken);

    /// <summary>The cluster as everybody who listens is told of it.</summary>
    public static StreamEvent Say(ClusterStatus status) => StreamEvent.Of("cluster", status, ApiJson.Default.ClusterStatus);

    /// <summary>Tells everybody who listens something.</summary>
    public void Tell(StreamEvent item)
    {
        foreach (var listener in _listeners) listener.Tell(item);
    }

    /// <summary>Listens from now on.</summary>
    public StreamListener Listen()
    {
        var listener = new StreamListener(ended =>
        {
            lock (_gate) _listeners = _listeners.Remove(ended);
        });
        lock (_gate) _listeners = _listeners.Add(listener);
        return listener;
    }

    private async Task FollowAsync<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Action<T> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var item in agent.FollowAsync(path, type, cancellationToken)) take(item);
            }
            catch (Exception exception) when (exception is HoldfastException or HttpRequestException or IOException)
            {
                // The agent is being restarted; the roles, this service among them, do not notice.
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
