using System.Collections.Immutable;
using System.Threading.Channels;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Link;

namespace Holdfast.Management.Hosting;

/// <summary>The cluster as this node's agent sees it, followed all the time, for everybody who looks.</summary>
internal sealed class ClusterFollower(AgentLink agent, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly Lock _gate = new();
    private ImmutableArray<ChannelWriter<StreamEvent>> _listeners = [];

    /// <summary>Gets the last that was heard; null before the first.</summary>
    public ClusterStatus? Status { get; private set; }

    /// <summary>Follows until cancelled; after an end of the agent it goes on with the next one.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        FollowAsync("v1/watch", ApiJson.Default.ClusterStatus, status =>
        {
            Status = status;
            Tell(StreamEvent.Of("cluster", status, ApiJson.Default.ClusterStatus));
        }, cancellationToken),
        FollowAsync("v1/events?follow=true", ApiJson.Default.ClusterEvent, item => Tell(StreamEvent.Of("event", item, ApiJson.Default.ClusterEvent)), cancellationToken));

    /// <summary>Tells everybody who listens something.</summary>
    public void Tell(StreamEvent item)
    {
        foreach (var listener in _listeners) listener.TryWrite(item);
    }

    /// <summary>What happens from now on, until cancelled. Who reads too slowly misses the oldest: the next <c>cluster</c> says it all again.</summary>
    public async IAsyncEnumerable<StreamEvent> ListenAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<StreamEvent>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate) _listeners = _listeners.Add(channel.Writer);
        try
        {
            if (Status is { } status) yield return StreamEvent.Of("cluster", status, ApiJson.Default.ClusterStatus);
            await foreach (var item in channel.Reader.ReadAllAsync(cancellationToken)) yield return item;
        }
        finally
        {
            lock (_gate) _listeners = _listeners.Remove(channel.Writer);
        }
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
